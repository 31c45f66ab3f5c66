import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../scripts/services/free-port.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { startServer } from '../../scripts/services/server.mjs';
import { toolMissing } from '../../scripts/setup/tools.mjs';

/** Why there is no Prometheus or Alertmanager on this machine; undefined: both are there. */
export const monitoringMissing = toolMissing('prometheus') ?? toolMissing('alertmanager');

export interface Monitoring {
  prometheus: string;
  alertmanager: string;
  stop(): Promise<void>;
}

export interface MonitoringOptions {
  /** `host:port` whose /metrics is looked at each second. */
  scrape: string;
  /** YAML of one alerting rule. */
  rule: string;
  webhook: string;
  token: string;
}

/** The real Prometheus and the real Alertmanager, in a hurry: looks, groups and repeats come within seconds. */
export async function startMonitoring({ scrape, rule, webhook, token }: MonitoringOptions): Promise<Monitoring> {
  const { path: folder, remove } = await createPrivateFolder('reviver-monitoring');
  const [port, alertPort] = [await freePort(), await freePort()];
  await writeFile(join(folder, 'rules.yml'), `groups: [{ name: test, interval: 500ms, rules: [${rule}] }]\n`);
  await writeFile(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 500ms, evaluation_interval: 500ms }
rule_files: [${join(folder, 'rules.yml')}]
scrape_configs: [{ job_name: test, static_configs: [{ targets: ["${scrape}"] }] }]
alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:${alertPort}"] }] }] }
`,
  );
  await writeFile(
    join(folder, 'alertmanager.yml'),
    `route: { receiver: reviver, group_by: [alertname, service], group_wait: 1s, group_interval: 1s, repeat_interval: 2s }
receivers:
  - name: reviver
    webhook_configs:
      - { url: "${webhook}", send_resolved: true, http_config: { authorization: { credentials: "${token}" } } }
`,
  );
  const ready = (at: number) => () =>
    fetch(`http://127.0.0.1:${at}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  const alertmanager = await startServer({
    name: 'Alertmanager',
    command: [
      ...['prometheus-alertmanager', `--config.file=${join(folder, 'alertmanager.yml')}`],
      ...[
        `--storage.path=${join(folder, 'am')}`,
        `--web.listen-address=127.0.0.1:${alertPort}`,
        '--cluster.listen-address=',
      ],
    ],
    log: join(folder, 'alertmanager.log'),
    stopSignal: 'TERM',
    ready: ready(alertPort),
  });
  const prometheus = await startServer({
    name: 'Prometheus',
    command: [
      ...[
        'prometheus',
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      ],
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    log: join(folder, 'prometheus.log'),
    stopSignal: 'TERM',
    ready: ready(port),
  });
  return {
    prometheus: `http://127.0.0.1:${port}`,
    alertmanager: `http://127.0.0.1:${alertPort}`,
    async stop() {
      await prometheus.stop();
      await alertmanager.stop();
      await remove();
    },
  };
}
