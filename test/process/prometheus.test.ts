import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { freePort } from '../../scripts/services/free-port.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { toolMissing } from '../../scripts/setup/tools.mjs';
import { createMetrics } from '../../src/metrics/metrics.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install, type Running } from '../support/reviver.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

/**
 * Reviver's own rules in a real Prometheus that scrapes a real Reviver. Only time is shortened: a rule's `for` to a second,
 * and windows of counters to 15 s. What cannot be brought about in seconds is made old in the database.
 */
const missing = toolMissing('prometheus');
const given = missing ? describe.skip : describe;
if (missing) console.log(`Skipped: ${missing}`);

const SERVICES = `  - { name: echo, runtime: process, process: { command: ["true"], cwd: . }, target_availability: 99.9 }
  - { name: shop, runtime: process, process: { command: ["true"], cwd: . }, criticality: critical }`;
/** Whatever is asked of shop waits for a person. */
const APPROVALS = `approvals: { rules: [{ when: "service.name == 'shop'", need: 1, role: approver }, { when: "true", need: 0 }] }`;

const database = withDatabase();
const redis = withRedis();
let proxy: TcpProxy;
let reviver: Installation;
let server: Running;
let metricsPort: number;
let folder: Awaited<ReturnType<typeof createPrivateFolder>>;
let prometheus: ChildProcess;
let prometheusUrl: string;
/** A second node, of which only the registry is real: what a chat platform must bring about. */
const second = createMetrics('test');
let exporter: Server;

const startServer = () =>
  reviver.start('server', ['start', '--role', 'bot', '--role', 'api'], { METRICS_PORT: String(metricsPort) });

beforeAll(async () => {
  if (missing) return;
  const at = new URL(database.url);
  proxy = await startTcpProxy({ host: at.hostname, port: Number(at.port) });
  reviver = await install({
    databaseUrl: proxy.through(database.url),
    redisUrl: redis.url,
    services: SERVICES,
    more: APPROVALS,
  });
  metricsPort = await freePort();
  server = await startServer();
  exporter = createServer((_, answer) => {
    void second.registry.metrics().then((text) => answer.end(text));
  });
  exporter.listen(0, '127.0.0.1');
  await once(exporter, 'listening');
  await startPrometheus();
}, 60_000);

afterAll(async () => {
  if (missing) return;
  prometheus.kill('SIGKILL');
  exporter.close();
  await reviver.stop();
  await proxy.close();
  await folder.remove();
}, 60_000);

async function startPrometheus(): Promise<void> {
  folder = await createPrivateFolder('reviver-prometheus');
  const rules = readFileSync('deploy/prometheus/alerts.yml', 'utf8')
    .replace(/for: \w+/g, 'for: 1s')
    .replace(/\[(1h|10m)\]/g, '[15s]');
  await writeFile(join(folder.path, 'alerts.yml'), rules);
  const exported = exporter.address();
  if (typeof exported !== 'object' || !exported) throw new Error('the second node has no port');
  await writeFile(
    join(folder.path, 'prometheus.yml'),
    `global: { scrape_interval: 3s, scrape_timeout: 3s, evaluation_interval: 1s }
rule_files: [alerts.yml]
scrape_configs:
  - { job_name: reviver, static_configs: [{ targets: ["127.0.0.1:${metricsPort}"] }] }
  - { job_name: second, static_configs: [{ targets: ["127.0.0.1:${exported.port}"] }] }
`,
  );
  const port = await freePort();
  prometheusUrl = `http://127.0.0.1:${port}`;
  prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(folder.path, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  await eventually(async () => (await fetch(`${prometheusUrl}/-/ready`)).ok, { timeoutMs: 20_000 });
}

const asked = async <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
  schema.parse(await (await fetch(`${prometheusUrl}/api/v1/${path}`)).json());
const ALERTS = z.object({
  data: z.object({ alerts: z.array(z.object({ state: z.string(), labels: z.object({ alertname: z.string() }) })) }),
});
const RESULT = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

async function firing(): Promise<string[]> {
  const { data } = await asked('alerts', ALERTS);
  return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
}

const fires = (alert: string) =>
  eventually(async () => expect(await firing()).toContain(alert), { timeoutMs: 40_000, everyMs: 200 });
const ends = (alert: string) =>
  eventually(async () => expect(await firing()).not.toContain(alert), { timeoutMs: 40_000, everyMs: 200 });
const recorded = (count: number) =>
  database.query(
    `INSERT INTO events (kind, actor, data) SELECT 'recovery.failed', 'reviver', '{"service": "echo"}' FROM generate_series(1, $1)`,
    [count],
  );

async function value(query: string): Promise<number | undefined> {
  const { data } = await asked(`query?query=${encodeURIComponent(query)}`, RESULT);
  return data.result[0] && Number(data.result[0].value[1]);
}

given('with a real Prometheus', () => {
  test('ReviverPoolWithoutWorker, ReviverQueueStuck: no worker, and one that comes', async () => {
    await fires('ReviverPoolWithoutWorker');
    const { status } = await reviver.call('POST', '/recover/echo');
    expect(status).toBe(202);
    await database.query(`UPDATE recoveries SET created_at = now() - interval '10 minutes' WHERE service = 'echo'`);
    await fires('ReviverQueueStuck');
    await reviver.start('worker', ['worker']);
    await ends('ReviverPoolWithoutWorker');
    await ends('ReviverQueueStuck');
  }, 120_000);

  test('ReviverNobodyDecides, ReviverOutcomeUnknown: people are waited for', async () => {
    const { body } = await reviver.call('POST', '/recover/shop');
    expect(body.state).toBe('AWAITING_APPROVAL');
    await database.query(`UPDATE approvals SET created_at = now() - interval '11 minutes' WHERE state = 'pending'`);
    await fires('ReviverNobodyDecides');
    await database.query(`UPDATE steps SET state = 'unknown' WHERE recovery_id = $1 AND position = 0`, [
      body.id.slice(2),
    ]);
    await fires('ReviverOutcomeUnknown');
    await reviver.call('DELETE', '/recoveries/shop');
    await ends('ReviverNobodyDecides');
    await ends('ReviverOutcomeUnknown');
  }, 120_000);

  test('ReviverNobodyWatches, ReviverErrorBudgetSpent: nobody has watched, and what was watched was down', async () => {
    await database.query(
      `INSERT INTO health_watch (since, until) VALUES (now() - interval '2 hours', now() - interval '1 minute')`,
    );
    await database.query(
      `INSERT INTO health_log (service, status, at) VALUES ('echo', 'unhealthy', now() - interval '2 hours')`,
    );
    await fires('ReviverNobodyWatches');
    await fires('ReviverErrorBudgetSpent');
    expect(await value('service_error_budget_left{service="echo"}')).toBeLessThan(-1);
    await database.query('DELETE FROM health_log');
    await ends('ReviverErrorBudgetSpent');
    await reviver.start('scheduler', ['start', '--role', 'scheduler']);
    await ends('ReviverNobodyWatches');
  }, 120_000);

  test('ReviverCannotSpeak: a message that nobody takes', async () => {
    await database.query(
      `INSERT INTO outbox (key, kind, payload, created_at) VALUES ('k', 'carrier.pigeon', '{}', now() - interval '1 hour')`,
    );
    await fires('ReviverCannotSpeak');
    await database.query(`UPDATE outbox SET done_at = now() WHERE key = 'k'`);
    await ends('ReviverCannotSpeak');
  }, 120_000);

  test('ReviverRecoveriesFail, ReviverChatSlow: counters that rise, and rise no more', async () => {
    await recorded(1);
    second.chatTiming('slack').late();
    await eventually(
      async () => expect(await value('recovery_outcomes_total{outcome="failed",service="echo"}')).toBe(1),
      {
        timeoutMs: 20_000,
      },
    );
    await eventually(async () => expect(await value('chat_acks_late_total')).toBe(1), { timeoutMs: 20_000 });
    await recorded(8);
    for (let n = 0; n < 6; n += 1) second.chatTiming('slack').late();
    await Promise.all([fires('ReviverRecoveriesFail'), fires('ReviverChatSlow')]);
    await Promise.all([ends('ReviverRecoveriesFail'), ends('ReviverChatSlow')]);
  }, 120_000);

  test('ReviverEventLoopLags: a process that is stopped again and again is late', async () => {
    const lags = setInterval(() => {
      server.kill('SIGSTOP');
      setTimeout(() => server.kill('SIGCONT'), 900).unref();
    }, 1_500);
    try {
      await fires('ReviverEventLoopLags');
    } finally {
      clearInterval(lags);
      server.kill('SIGCONT');
    }
    await ends('ReviverEventLoopLags');
  }, 120_000);

  test('ReviverDatabaseGone: the database does not answer, and answers again', async () => {
    proxy.blackHole();
    await fires('ReviverDatabaseGone');
    proxy.heal();
    await ends('ReviverDatabaseGone');
  }, 120_000);

  test('ReviverGone: no process, and a new one', async () => {
    server.kill('SIGKILL');
    await server.ended;
    await fires('ReviverGone');
    server = await startServer();
    await ends('ReviverGone');
    expect(await firing()).toEqual([]);
  }, 120_000);
});
