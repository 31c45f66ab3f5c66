import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { freePort } from '../../../scripts/services/free-port.mjs';
import { createPrivateFolder } from '../../../scripts/services/private-folder.mjs';
import { toolMissing } from '../../../scripts/setup/tools.mjs';
import { createHousekeepingMetrics } from '../../../src/metrics/housekeeping-metrics.js';
import { housekeepingFacts } from '../../../src/store/housekeeping-facts.js';
import { eventually } from '../../support/index.js';
import { withStore } from '../store/open-store.js';

/**
 * The rules in a real Prometheus that scrapes what is in a real database. Only `for` is shortened, to a second; what takes
 * days is made old in the database.
 */
const missing = toolMissing('prometheus');
if (missing) console.log(`Skipped: ${missing}`);

const on = withStore();
let exporter: Server;
let prometheus: ChildProcess;
let url: string;
let folder: Awaited<ReturnType<typeof createPrivateFolder>>;

beforeAll(async () => {
  if (missing) return;
  const registry = new Registry();
  createHousekeepingMetrics(registry, () => housekeepingFacts(on.pool));
  exporter = createServer((_, answer) => void registry.metrics().then((text) => answer.end(text)));
  const [metricsPort, port] = [await freePort(), await freePort()];
  exporter.listen(metricsPort, '127.0.0.1');
  await once(exporter, 'listening');
  folder = await createPrivateFolder('reviver-test');
  const rules = readFileSync('deploy/prometheus/housekeeping.yml', 'utf8').replace(/for: \w+/g, 'for: 1s');
  await writeFile(join(folder.path, 'rules.yml'), rules);
  await writeFile(
    join(folder.path, 'prometheus.yml'),
    `global: { scrape_interval: 500ms, evaluation_interval: 500ms, scrape_timeout: 400ms }
rule_files: [rules.yml]
scrape_configs: [{ job_name: reviver, static_configs: [{ targets: ["127.0.0.1:${metricsPort}"] }] }]
`,
  );
  url = `http://127.0.0.1:${port}`;
  const flags = [`--config.file=${folder.path}/prometheus.yml`, `--storage.tsdb.path=${folder.path}/tsdb`];
  prometheus = spawn('prometheus', [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok, { timeoutMs: 20_000 });
}, 60_000);

afterAll(async () => {
  if (missing) return;
  const ended = once(prometheus, 'exit');
  prometheus.kill('SIGTERM');
  await ended;
  exporter.closeAllConnections();
  exporter.close();
  await folder.remove();
}, 30_000);

const answer = z.object({
  data: z.object({ alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })) }),
});

async function firing(): Promise<string[]> {
  const { data } = answer.parse(await (await fetch(`${url}/api/v1/alerts`)).json());
  return data.alerts
    .filter(({ state }) => state === 'firing')
    .map(({ labels }) => `${labels.alertname} of ${labels.service}`)
    .sort();
}

async function care(partitionsAt: string, failed: boolean, backupsAt: string): Promise<void> {
  await on.pool.query(
    `UPDATE partition_care SET creation_success_at = now() - $1::interval, last_success_at = now() - interval '1 minute',
       last_error_at = now() - CASE WHEN $2 THEN interval '1 second' ELSE interval '1 hour' END`,
    [partitionsAt, failed],
  );
  await on.pool.query(
    `INSERT INTO housekeeping (name, cron, time_zone, next_at, last_outcome, last_at, last_ms, last_success_at)
     SELECT 'backup_' || kind, '0 4 * * *', 'UTC', now(), CASE WHEN $2 THEN 'failed' ELSE 'succeeded' END, now(), 1, now() - $1::interval
     FROM unnest('{postgres,redis,knowledge,configuration,volumes,volumes_verify,volumes_upload,mirror}'::text[]) kind
     ON CONFLICT (name) DO UPDATE SET last_outcome = excluded.last_outcome, last_success_at = excluded.last_success_at`,
    [backupsAt, failed],
  );
}

(missing ? describe.skip : describe)('each alert of routine care', () => {
  test('fires in a real Prometheus, and ends when care is taken again', async () => {
    const soon = { timeoutMs: 20_000, everyMs: 200 };
    await care('1 day', false, '2 hours');
    await eventually(async () => expect(await seen('partition_failing')).toBe(1), soon);
    expect(await firing()).toEqual([]);

    await care('36 days', true, '9 days');
    await eventually(
      async () =>
        expect(await firing()).toEqual([
          'BackupFailed of postgres',
          'BackupFailed of postgres',
          'BackupFailed of postgres',
          'BackupFailed of postgres',
          'BackupFailed of postgres',
          'BackupFailed of postgres',
          'BackupFailed of postgres',
          'BackupFailed of redis',
          'ConfigurationBackupStale of postgres',
          'KnowledgeBackupStale of postgres',
          'PartitionCreationStale of postgres',
          'PartitionManagementFailed of postgres',
          'PostgresBackupStale of postgres',
          'RedisBackupStale of redis',
          'RepositoryMirrorStale of postgres',
          'VolumeCopyStale of postgres',
          'VolumeProofStale of postgres',
          'VolumeSnapshotStale of postgres',
        ]),
      soon,
    );

    await care('1 day', false, '2 hours');
    await eventually(async () => expect(await firing()).toEqual([]), soon);
  }, 90_000);
});

/** How many series there are of a metric. */
async function seen(metric: string): Promise<number> {
  const body: unknown = await (await fetch(`${url}/api/v1/query?query=${metric}`)).json();
  return z.object({ data: z.object({ result: z.array(z.unknown()) }) }).parse(body).data.result.length;
}
