import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { freePort } from '../../scripts/services/free-port.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { type S3Server, startS3 } from '../platforms/s3/server.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Monitoring, monitoringMissing, startMonitoring } from '../support/monitoring.js';
import { type Answer, type Installation, install } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';

/**
 * Each rule of routine care in a real Prometheus and a real Alertmanager, back into Reviver, and mended by one click. Only
 * time is shortened: a rule's `for` to a second, and what takes days is made old in the database.
 */
const TOKEN = 'a-token-that-sends-alerts-only';
const soon = { timeoutMs: 40_000, everyMs: 200 };
const RULES = 'deploy/prometheus/housekeeping.yml';
const run = promisify(execFile);

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let s3: S3Server;
let monitoring: Monitoring | undefined;
let removeMirror: (() => Promise<void>) | undefined;

const rules = z
  .object({ groups: z.array(z.object({ rules: z.array(z.looseObject({ alert: z.string() })) })) })
  .parse(parse(readFileSync(RULES, 'utf8')))
  .groups.flatMap(({ rules: some }) => some);

const old = (job: string, age: string) =>
  database.query(`UPDATE housekeeping SET last_success_at = now() - $2::interval WHERE name = $1`, [job, age]);

/** What is to be saved once before it can be old. */
const SAVED = [
  'postgres',
  'redis',
  'knowledge',
  'configuration',
  'volumes',
  'volumes_verify',
  'volumes_upload',
  'mirror',
].map((what) => `backup_${what}`);

/** How each comes about, and whose service it is about. */
const CASES: Record<string, { service: string; ill(): Promise<unknown> }> = {
  PostgresBackupStale: { service: 'postgres', ill: () => old('backup_postgres', '27 hours') },
  RedisBackupStale: { service: 'redis', ill: () => old('backup_redis', '27 hours') },
  KnowledgeBackupStale: { service: 'postgres', ill: () => old('backup_knowledge', '9 days') },
  ConfigurationBackupStale: { service: 'postgres', ill: () => old('backup_configuration', '9 days') },
  VolumeSnapshotStale: { service: 'postgres', ill: () => old('backup_volumes', '4 hours') },
  RepositoryMirrorStale: { service: 'postgres', ill: () => old('backup_mirror', '4 hours') },
  VolumeProofStale: { service: 'postgres', ill: () => old('backup_volumes_verify', '7 hours') },
  VolumeCopyStale: { service: 'postgres', ill: () => old('backup_volumes_upload', '7 hours') },
  BackupFailed: {
    service: 'redis',
    ill: () => database.query(`UPDATE housekeeping SET last_outcome = 'failed' WHERE name = 'backup_redis'`),
  },
  PartitionCreationStale: {
    service: 'postgres',
    ill: () => database.query(`UPDATE partition_care SET creation_success_at = now() - interval '36 days'`),
  },
  PartitionManagementFailed: {
    service: 'postgres',
    ill: () => database.query('UPDATE partition_care SET last_error_at = now()'),
  },
};

beforeAll(async () => {
  if (monitoringMissing) return;
  s3 = await startS3();
  const metricsPort = await freePort();
  const { path: mirror, remove } = await createPrivateFolder('reviver-mirror');
  removeMirror = remove;
  await run('git', ['init', '--quiet', '--bare', mirror]);
  const health = (type: string, url: string) => `health: [{ type: ${type}, url: "${url}", interval: 1s, timeout: 2s }]`;
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `  - { name: postgres, runtime: process, process: { command: ["true"], cwd: . }, ${health('postgres', database.url)} }
  - { name: redis, runtime: process, process: { command: ["true"], cwd: . }, snapshots: { hourly: true }, ${health('redis', redis.url)} }`,
    runbooks: { 'routine_care.yaml': readFileSync(join('runbooks', 'routine_care.yaml'), 'utf8') },
    more: NO_APPROVALS,
    env: {
      ALERTS_TOKEN: TOKEN,
      REVIVER_SECRET_KEY: 'ab'.repeat(32),
      BACKUP_MIRROR_URL: `file://${mirror}`,
      BACKUP_VOLUMES_S3_URL: s3.url,
    },
  });
  await committed(join(reviver.folder, 'runbooks'));
  await reviver.start('server', ['start', '--role', 'api', '--role', 'bot'], { METRICS_PORT: String(metricsPort) });
  await reviver.start('worker', ['worker']);
  await reviver.start('scheduler', ['start', '--role', 'scheduler']);
  await eventually(async () => {
    const due = await database.query('UPDATE housekeeping SET next_at = now() WHERE name = ANY($1) RETURNING name', [
      SAVED,
    ]);
    expect(due).toHaveLength(SAVED.length);
  }, soon);
  await eventually(async () => {
    const left = await database.query(
      `SELECT name, last_outcome, last_detail FROM housekeeping WHERE last_outcome IS DISTINCT FROM 'succeeded' AND name = ANY($1)`,
      [SAVED],
    );
    expect(left).toEqual([]);
  }, soon);
  monitoring = await startMonitoring({
    scrape: `127.0.0.1:${metricsPort}`,
    rule: rules.map((rule) => JSON.stringify({ ...rule, for: '1s' })).join(', '),
    webhook: `http://127.0.0.1:${reviver.port}/webhooks/alertmanager`,
    token: TOKEN,
  });
}, 120_000);

afterAll(async () => {
  await monitoring?.stop();
  await reviver?.stop();
  await removeMirror?.();
  await s3?.close();
}, 60_000);

/** As a repository of its own. */
async function committed(folder: string): Promise<void> {
  const git = (...args: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=Ann', '-c', 'user.email=ann@localhost', ...args]);
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'runbooks');
}

const whenThere = monitoringMissing ? test.skip : test;
if (monitoringMissing) console.warn(`Left out: ${monitoringMissing}`);

const alerts = z.object({
  data: z.object({ alerts: z.array(z.object({ state: z.string(), labels: z.object({ alertname: z.string() }) })) }),
});
async function firing(): Promise<string[]> {
  const { data } = alerts.parse(await (await fetch(`${monitoring?.prometheus}/api/v1/alerts`)).json());
  return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
}

async function post(alert: string): Promise<Answer> {
  const { body } = await reviver.call('GET', '/console/api/channels/incidents/messages?limit=100');
  return body.items.findLast(({ card }: Answer) => card.title.includes(alert));
}

test('every rule of the file has a case here', () => {
  expect(Object.keys(CASES).sort()).toEqual(rules.map(({ alert }) => alert).sort());
});

whenThere.each(Object.entries(CASES))(
  '%s is a post with its remedy, one click mends it, and the alert ends',
  async (alert, { service, ill }) => {
    await ill();
    const found = await eventually(async () => {
      const one = await post(alert);
      const button = one?.card.buttons.find(({ label }: Answer) => label === 'Recover');
      expect(one?.card.lines.join('\n')).toContain('Remedy: routine_care');
      return { message: one.id, command: button.command };
    }, soon);
    expect(await firing()).toContain(alert);
    const clicked = await reviver.call('POST', '/console/api/clicks', found);
    expect(clicked.status).toBeLessThan(300);
    await eventually(async () => {
      const { body } = await reviver.call('GET', `/recoveries?service=${service}&limit=1`);
      expect(body.items[0]).toMatchObject({ runbook: 'routine_care', state: 'SUCCEEDED' });
    }, soon);
    await eventually(async () => expect(await firing()).toEqual([]), soon);
    await eventually(async () => {
      const open = await database.query(`SELECT title FROM incidents WHERE state <> 'resolved'`);
      expect(open).toEqual([]);
    }, soon);
  },
  120_000,
);
