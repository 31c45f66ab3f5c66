import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { type PagerDutyServer, ROUTING_KEY, startPagerDuty } from '../platforms/pagerduty/pagerduty-server.js';
import type { Fault } from '../platforms/receiver.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';

/** Calls for people through a pager that fails, by a Reviver that is killed. */
const TRIES = [
  ['s1', 's2', 's3'],
  ['t1', 't2', 't3'],
];
const SERVICES = TRIES.flat();
const database = withDatabase();
const redis = withRedis();
let pager: PagerDutyServer;
let pool: Pool;
let reviver: Installation;
let server: Running;
/** A sender that was killed is followed 25 s later, and each fault makes the next try wait longer. */
const soon = { timeoutMs: 90_000 };
const wellFile = (service: string) => `${process.env.TMPDIR ?? '/tmp'}/reviver-well-${process.pid}-${service}`;

const FIX = `id: fix
match: { services: [${SERVICES.join(', ')}] }
steps:
  - { name: Look, action: check_health, with: { service: "{{ service.name }}" } }
`;

beforeAll(async () => {
  pager = await startPagerDuty();
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: SERVICES.map(
      (name) => `  - name: ${name}
    runtime: process
    process: { command: ["true"], cwd: . }
    recovery_strategies: []
    max_recovery_attempts: 1
    health: [ { type: command, command: [test, -e, "${wellFile(name)}"], interval: 500ms, timeout: 4s, failures: 1 } ]`,
    ).join('\n'),
    runbooks: { 'fix.yaml': FIX },
    more: `approvals: { rules: [{ when: "true", need: 0 }] }
max_concurrent_recoveries: 3
escalation:
  policies:
    default: [ { after: 0s, notify: [chat] }, { after: 1s, notify: [pagerduty] } ]`,
    env: { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: pager.url },
  });
  server = await reviver.start('server', ['start']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await pool.end();
  await pager.close();
  await Promise.all(SERVICES.map((name) => rm(wellFile(name), { force: true })));
}, 60_000);

async function killed(): Promise<void> {
  server.kill('SIGKILL');
  await server.ended;
  server = await reviver.start('server', ['start']);
}

const FAULTS: readonly Fault[] = [
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 500 },
  'lost',
  { status: 429 },
  'reset',
  { status: 503 },
];

test('through 429s, 500s, lost answers and SIGKILLs each service has one incident, with its trigger, acknowledge and resolve in this order', async () => {
  // A second try has services of its own.
  const services = TRIES.shift() ?? [];
  const asked = pager.requests;
  const before = pager.incidents.length;
  const incidents = () => pager.incidents.slice(before);
  pager.faults.splice(0, Number.POSITIVE_INFINITY, ...FAULTS, 'hang');
  const recoveries: Record<string, string> = {};
  for (const name of services) {
    const { status, body } = await reviver.call('POST', `/recover/${name}`, { runbook: 'fix' });
    expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
    recoveries[name] = body.id;
  }
  // One of them hangs at the pager when its sender dies: another process sends it again.
  await eventually(async () => expect(pager.requests).toBeGreaterThan(asked + FAULTS.length), soon);
  await killed();
  await eventually(async () => expect(incidents()).toHaveLength(services.length), soon);

  pager.faults.push(...FAULTS);
  for (const id of Object.values(recoveries))
    expect((await reviver.call('POST', `/recoveries/${id}/ack`, {})).status).toBe(200);
  await killed();
  await eventually(
    async () => expect(incidents().map(({ status }) => status)).toEqual(services.map(() => 'acknowledged')),
    soon,
  );

  pager.faults.push(...FAULTS);
  for (const name of services) await writeFile(wellFile(name), '');
  await eventually(async () => expect(await open(services)).toEqual([]), soon);
  await killed();
  await eventually(
    async () => expect(incidents().map(({ status }) => status)).toEqual(services.map(() => 'resolved')),
    soon,
  );

  expect(new Set(incidents().map(({ dedupKey }) => dedupKey)).size).toBe(services.length);
  for (const { log } of incidents())
    expect(log.filter((one, index) => one !== log[index - 1])).toEqual(['trigger', 'acknowledge', 'resolve']);
  expect(pager.refused).toEqual([]);
  // A repetition after the end is dropped by PagerDuty, and is nothing but that.
  expect(pager.dropped.filter((one) => !one.startsWith('resolve '))).toEqual([]);
}, 420_000);

const open = async (services: string[]): Promise<Answer[]> =>
  (await pool.query(`SELECT service FROM escalations WHERE state <> 'resolved' AND service = ANY($1)`, [services]))
    .rows;
