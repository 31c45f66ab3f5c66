import { existsSync, mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { type PagerDutyServer, ROUTING_KEY, startPagerDuty } from '../platforms/pagerduty/pagerduty-server.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { runCommand } from '../support/run-command.js';

/** Somebody changes the rules, or what is stored, behind the back of a Reviver that runs. */
const RULES = 'hash: cdd01ef066bc6cf2\nforbidden_actions: []\n';
const NAMES = ['file', 'body', 'input', 'risk', 'digest', 'vote', 'job', 'free', 'half'] as const;
const scratch = mkdtempSync(join(tmpdir(), 'constitution-'));
const database = withDatabase();
const redis = withRedis();
let pager: PagerDutyServer;
let pool: Pool;
let reviver: Installation;
let server: Running;
let environment: Record<string, string>;
const rulesFile = () => join(reviver.folder, 'constitution.yaml');
const soon = { timeoutMs: 30_000 };

beforeAll(async () => {
  pager = await startPagerDuty();
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  environment = { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: pager.url };
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    constitution: RULES,
    services: NAMES.map(
      (name) =>
        `  - { name: ${name}, runtime: process, process: { command: ["true"], cwd: . }, recovery_strategies: [], max_recovery_attempts: 1 }`,
    ).join('\n'),
    runbooks: { 'write.yaml': runbook(), 'slow.yaml': slow() },
    more: `approvals: { rules: [{ when: "true", need: 1, role: approver }] }
escalation: { policies: { default: [ { after: 0s, notify: [pagerduty] } ] } }`,
    env: environment,
  });
  server = await reviver.start('server', ['start']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await pool.end();
  await pager.close();
}, 60_000);

function runbook(): string {
  return `id: write
match: { services: [${NAMES.filter((name) => name !== 'half').join(', ')}] }
steps:
  - { id: look, name: Look, action: run_command, with: { command: ["true"] }, idempotent: true }
  - { id: write, name: Write, action: run_command, with: { command: [touch, "{{ service.name }}.done"] }, idempotent: true }
`;
}

/** Its second step lasts until somebody makes the file `go`; its first can be undone. */
function slow(): string {
  return `id: slow
match: { services: [half] }
steps:
  - { id: first, name: First, action: run_command, with: { command: [touch, "${scratch}/first"] }, idempotent: true, rollback: { action: run_command, with: { command: [rm, "${scratch}/first"] } } }
  - { id: wait, name: Wait, action: run_command, with: { command: [sh, -c, "until [ -e ${scratch}/go ]; do sleep 0.05; done"] }, idempotent: true }
  - { id: last, name: Last, action: run_command, with: { command: [touch, "${scratch}/last"] }, idempotent: true }
`;
}

/** A recovery that waits for its approval. */
async function asked(service: string, runbook = 'write'): Promise<Answer> {
  const { status, body } = await reviver.call('POST', `/recover/${service}`, { runbook });
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  return body;
}

const approve = (id: string) => reviver.call('POST', `/recoveries/${id}/approve`, {}, 'lee');
const numberOf = (id: string) => Number(id.slice(2));

async function refusedAsTampered({ id, service }: Answer): Promise<void> {
  const ended = await reviver.reaches(id, 'FAILED', 30_000);
  expect(ended.steps.map(({ attempts }: Answer) => attempts)).toEqual([0, 0]);
  expect(ended.steps[0].error.code).toBe('tampered');
  await eventually(
    () => expect(pager.incidents.filter(({ summary }) => summary.includes(service))).toHaveLength(1),
    soon,
  );
  const { rows } = await pool.query("SELECT data FROM events WHERE recovery_id = $1 AND kind = 'recovery.escalated'", [
    numberOf(id),
  ]);
  expect(rows.map(({ data }) => data.code)).toEqual(['tampered']);
}

describe('a plan that was edited in the database while people think is refused, recorded and paged once:', () => {
  const EDITS: [(typeof NAMES)[number], string, string][] = [
    [
      'body',
      'its parameters',
      `UPDATE plans SET body = jsonb_set(body, '{params}', '{"x": 1}') WHERE id = (SELECT plan_id FROM recoveries WHERE id = $1)`,
    ],
    [
      'input',
      "a step's input",
      `UPDATE steps SET definition = jsonb_set(definition, '{input,command}', '["touch", "evil"]') WHERE recovery_id = $1 AND position = 1`,
    ],
    [
      'risk',
      "a step's risk",
      `UPDATE steps SET definition = jsonb_set(definition, '{risk}', '0') WHERE recovery_id = $1 AND position = 1`,
    ],
    [
      'digest',
      'its digest, also in its approval',
      `WITH a AS (UPDATE approvals SET digest = repeat('0', 64) WHERE recovery_id = $1) UPDATE recoveries SET plan_digest = repeat('0', 64) WHERE id = $1`,
    ],
  ];
  test.each(EDITS)(
    '%s: %s',
    async (service, _, edit) => {
      const recovery = await asked(service);
      expect((await pool.query(edit, [numberOf(recovery.id)])).rowCount).toBe(1);
      await pool.query(
        `UPDATE approvals SET state = 'approved', decided_at = now(), use_before = now() + interval '5 min' WHERE recovery_id = $1`,
        [numberOf(recovery.id)],
      );
      await pool.query(
        `UPDATE recoveries SET state = 'SCHEDULED', wake_at = now(), revision = revision + 1 WHERE id = $1`,
        [numberOf(recovery.id)],
      );
      await refusedAsTampered(recovery);
    },
    60_000,
  );

  test('an approval whose row says approved, with nobody who did', async () => {
    const recovery = await asked('vote');
    await pool.query(
      `UPDATE approvals SET state = 'approved', need = 0, decided_at = now(), use_before = now() + interval '5 min' WHERE recovery_id = $1`,
      [numberOf(recovery.id)],
    );
    await pool.query(
      `UPDATE recoveries SET state = 'SCHEDULED', wake_at = now(), revision = revision + 1 WHERE id = $1`,
      [numberOf(recovery.id)],
    );
    await refusedAsTampered(recovery);
  }, 60_000);
});

/** The queue of wake-ups, as whoever can write to this Redis finds it. */
async function wakeQueue(): Promise<Queue> {
  const connection = new Redis(redis.url);
  const [key = ''] = await eventually(async () => {
    const found = await connection.keys('*:wake-default:meta');
    expect(found).toHaveLength(1);
    return found;
  });
  connection.disconnect();
  return new Queue('wake-default', { connection: { url: redis.url }, prefix: key.slice(0, key.indexOf(':')) });
}

test('10,000 jobs that are forged in Redis do nothing, are recorded, and page once; recoveries go on beside them', async () => {
  const recovery = await asked('job');
  const id = numberOf(recovery.id);
  const evil = [{ action: 'run_command', input: { command: ['touch', 'evil'] } }];
  const JOBS: [string, unknown][] = [
    ['R-99999.e1.v1', { recovery: 99_999 }],
    [`R-${id}.e99.v99`, { recovery: id, epoch: 99, step: 1, state: 'IN_PROGRESS' }],
    [`R-${id}.e0.v7`, { recovery: id, plan: { steps: evil }, steps: evil, approved: true }],
    ['anything', 'no object at all'],
  ];
  const flood = Array.from({ length: 10_000 }, (_, n): [string, unknown] => [
    `R-${id}.e0.v${n + 100}`,
    { recovery: id },
  ]);
  const beside = await asked('free');
  const queue = await wakeQueue();
  try {
    const jobs = [...JOBS, ...flood].map(([jobId, data]) => ({
      name: 'wake',
      data,
      opts: { jobId, removeOnComplete: true },
    }));
    await queue.addBulk(jobs);
    await approve(beside.id);
    await reviver.reaches(beside.id, 'SUCCEEDED', 10_000);
    await eventually(async () => expect(await queue.getJobCountByTypes('waiting', 'active')).toBe(0), soon);
  } finally {
    await queue.close();
  }
  const after = await reviver.recovery(recovery.id);
  expect(after).toMatchObject({ state: 'AWAITING_APPROVAL', steps: [{ attempts: 0 }, { attempts: 0 }] });
  const told = () => pager.incidents.filter(({ summary }) => summary.includes("Reviver's Redis"));
  await eventually(() => expect(told()).toHaveLength(1), soon);
  expect(told()[0]?.summary).toContain('without Reviver');
  const { rows } = await pool.query("SELECT data FROM events WHERE kind = 'redis.forged' ORDER BY id");
  expect(rows.length).toBeLessThanOrEqual(2);
  expect(rows[0].data).toMatchObject({ where: 'wake-default', job: 'R-99999.e1.v1' });
}, 60_000);

describe('the file of the constitution', () => {
  test('changed under a running Reviver: no step begins, no plan is made, people are called, once each', async () => {
    const recovery = await asked('file');
    await writeFile(rulesFile(), `${RULES}# softer\n`);
    await approve(recovery.id);
    const ended = await reviver.reaches(recovery.id, 'FAILED', 30_000);
    expect(ended.steps.map(({ attempts }: Answer) => attempts)).toEqual([0, 0]);
    expect(ended.steps[0].error).toMatchObject({ code: 'constitution_broken' });
    expect(ended.steps[0].error.message).toMatch(
      /Nothing begins until it is: put the pinned file back.*reviver constitution pin/,
    );
    const refused = await reviver.call('POST', '/recover/body', { runbook: 'write' });
    expect(refused.status).toBe(403);
    expect(refused.body.detail).toContain('put the pinned file back');
    await reviver.call('POST', '/recover/body', { runbook: 'write' });
    const about = (word: string) => pager.incidents.filter(({ summary }) => summary.includes(word));
    await eventually(() => expect(about('is not a pinned one').length).toBe(2), soon);
    const { rows } = await pool.query(
      "SELECT data->>'at' AS at FROM events WHERE kind = 'constitution.refused' ORDER BY id",
    );
    expect(new Set(rows.map(({ at }) => at))).toEqual(new Set(['step', 'scheduling']));
  }, 60_000);

  test('changed in the middle of a recovery: nothing goes on, and nothing is undone, until it is back; then a person decides', async () => {
    await writeFile(rulesFile(), RULES);
    const { id } = await asked('half', 'slow');
    await approve(id);
    await eventually(async () => expect((await reviver.recovery(id)).steps[1].state).toBe('running'), soon);
    await writeFile(rulesFile(), `${RULES}# softer\n`);
    await writeFile(join(scratch, 'go'), '');
    const held = await reviver.reaches(id, 'AWAITING_MANUAL', 30_000);
    expect(held.outcome.message).toMatch(
      /Step 3 "Last" was not begun: the constitution .*\. Done so far: First, Wait\. Then Retry goes on, Roll back undoes it$/,
    );
    const paged = () => pager.incidents.filter(({ summary }) => summary.includes('"Last" was not begun'));
    await eventually(() => expect(paged()).toHaveLength(1), soon);
    expect((await reviver.call('POST', `/recoveries/${id}/rollback`, {}, 'lee')).status).toBe(200);
    const stuck = await eventually(async () => {
      const found = await reviver.recovery(id);
      expect(found.outcome?.message).toContain('Not undone yet: First. Then Retry goes on with that');
      return found;
    }, soon);
    expect(stuck.state).toBe('AWAITING_MANUAL');
    await writeFile(rulesFile(), RULES);
    expect((await reviver.call('POST', `/recoveries/${id}/retry`, {}, 'lee')).status).toBe(200);
    await reviver.reaches(id, 'ROLLED_BACK', 30_000);
    expect([existsSync(join(scratch, 'first')), existsSync(join(scratch, 'last'))]).toEqual([false, false]);
    await writeFile(rulesFile(), `${RULES}# softer\n`);
  }, 60_000);

  test('a node does not start with it: it says why, and ends', async () => {
    await expect(reviver.start('refused', ['start'], { PORT: '0' })).rejects.toThrow(
      /Reviver does not start: .* is not a pinned one/,
    );
  }, 60_000);

  test('is rolled out by a lead: pinned beside the old one, and then the old one is retired', async () => {
    const env = { ...reviver.env, REVIVER_TOKEN: reviver.token('ann') };
    const ann = await runCommand(['constitution', 'pin'], env);
    expect(`${ann.code} ${ann.stderr}`).toMatch(/^1 .*Only a lead/);
    const lee = { ...env, REVIVER_TOKEN: reviver.token('lee') };
    expect((await runCommand(['constitution', 'pin'], lee)).stdout).toContain('is pinned. Restart each node');
    // The node with the old rules goes on: both are accepted.
    await eventually(
      async () => expect((await reviver.call('POST', '/recover/body', { runbook: 'write' })).status).toBe(202),
      soon,
    );
    server.kill('SIGTERM');
    await server.ended;
    server = await reviver.start('server', ['start']);
    const { rows } = await pool.query('SELECT sha256 FROM constitution_pins ORDER BY pinned_at');
    expect((await runCommand(['constitution', 'retire', rows[0].sha256.slice(0, 12)], lee)).code).toBe(0);
    expect((await runCommand(['constitution', 'retire', rows[1].sha256], lee)).stderr).toContain('only pinned');
    expect((await runCommand(['constitution', 'show'], env)).stdout).toMatch(/: pinned\.\n$/);
    await writeFile(rulesFile(), RULES);
    expect((await reviver.call('POST', '/recover/input', { runbook: 'write' })).status).toBe(403);
    await writeFile(rulesFile(), `${RULES}# softer\n`);
  }, 60_000);

  test.each<[string, string, Record<string, string>, RegExp]>([
    [
      'names another hash',
      'hash: aaaaaaaaaaaaaaaa\n',
      {},
      /has the hash aaaaaaaaaaaaaaaa, the configuration names cdd01ef066bc6cf2/,
    ],
    ['is not valid', 'hash: cdd01ef066bc6cf2\nforbiden_actions: []\n', {}, /is not valid: .*forbiden_actions/],
    [
      'is another than CONSTITUTIONAL_HASH says',
      '',
      { CONSTITUTIONAL_HASH: 'bbbbbbbbbbbbbbbb' },
      /CONSTITUTIONAL_HASH is bbbbbbbbbbbbbbbb/,
    ],
  ])(
    'that %s lets no node start: recorded and paged once, however often it tries',
    async (_, content, env, why) => {
      const before = await readFile(rulesFile(), 'utf8');
      await pool.query("UPDATE escalations SET state = 'resolved', resolved_at = now() WHERE state <> 'resolved'");
      const pages = pager.incidents.length;
      const since = new Date();
      if (content !== '') await writeFile(rulesFile(), content);
      for (const name of ['once', 'twice'])
        await expect(reviver.start(name, ['start'], { PORT: '0', ...env })).rejects.toThrow(
          /Reviver does not start: .*It is in the event log, and who is called has been called\. Recoveries under way stay/,
        );
      await writeFile(rulesFile(), before);
      const { rows } = await pool.query(
        "SELECT data FROM events WHERE kind = 'constitution.refused' AND data->>'at' = 'start' AND at >= $1",
        [since],
      );
      expect(rows).toHaveLength(2);
      expect(rows[0].data.reason).toMatch(why);
      // The node that runs finds the changed file, too: still it is one page.
      expect(pager.incidents.slice(pages)).toHaveLength(1);
    },
    60_000,
  );

  test('nor does a pin that was edited in the database let anything begin', async () => {
    await pool.query("UPDATE constitution_pins SET sha256 = repeat('0', 64) WHERE retired_at IS NULL");
    await eventually(
      async () => expect((await reviver.call('POST', '/recover/input', { runbook: 'write' })).status).toBe(403),
      soon,
    );
    expect(await readFile(rulesFile(), 'utf8')).toContain('softer');
  }, 60_000);

  test('a process that starts alone with it calls people before it ends, also when it is started again and again', async () => {
    server.kill('SIGTERM');
    await server.ended;
    await pool.query("UPDATE escalations SET state = 'resolved', resolved_at = now() WHERE state <> 'resolved'");
    await writeFile(rulesFile(), `${RULES}# third\n`);
    const before = pager.incidents.length;
    for (const name of ['alone', 'again'])
      await expect(reviver.start(name, ['start'])).rejects.toThrow(/Reviver does not start/);
    expect(pager.incidents.slice(before).map(({ summary }) => summary)).toEqual([
      expect.stringContaining('is not a pinned one'),
    ]);
  }, 60_000);
});
