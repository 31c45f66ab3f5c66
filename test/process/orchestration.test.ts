import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { LEDGER, linesIn, manyServices } from '../support/scene.js';

const RUNBOOKS = {
  'gated.yaml': `id: gated
params: { file: { type: string }, line: { type: string, default: x } }
steps:
  - { id: first, action: ledger_append, with: { file: "{{ params.file }}", line: "{{ params.line }}" } }
  - { id: gate, action: run_command, with: { command: [sh, -c, "while [ ! -e {{ params.file }}.gate ]; do sleep 0.05; done"] }, timeout: 60s }
  - { id: last, action: ledger_append, with: { file: "{{ params.file }}", line: "{{ params.line }} end" } }
`,
  'quick.yaml': `id: quick
params: { file: { type: string }, line: { type: string, default: x } }
steps:
  - { action: ledger_append, with: { file: "{{ params.file }}", line: "{{ params.line }}" } }
`,
  // Touches s1 although it is asked for another service.
  'both.yaml': `id: both
steps:
  - "check_health: s1"
  - { action: run_command, with: { command: ["true"] } }
`,
  'careful.yaml': `id: careful
risk: 0.5
params: { file: { type: string } }
steps:
  - { action: ledger_append, with: { file: "{{ params.file }}", line: done } }
`,
  // Each of the two waits for the other: side by side they end, one after the other never.
  'grouped.yaml': `id: grouped
params: { file: { type: string } }
steps:
  - action: parallel
    with:
      steps:
        - { action: run_command, with: { command: [sh, -c, "touch {{ params.file }}.1; while [ ! -e {{ params.file }}.2 ]; do sleep 0.05; done"] } }
        - { action: run_command, with: { command: [sh, -c, "touch {{ params.file }}.2; while [ ! -e {{ params.file }}.1 ]; do sleep 0.05; done"] } }
  - { id: inner, action: sub_runbook, with: { runbook: inside, params: { file: "{{ params.file }}", say: yes } } }
`,
  'inside.yaml': `id: inside
params: { file: { type: string }, say: { type: string } }
steps:
  - { id: one, action: ledger_append, with: { file: "{{ params.file }}", line: one }, when: "params.say == 'yes'" }
  - { id: two, action: ledger_append, with: { file: "{{ params.file }}", line: two }, when: "steps.one.state == 'succeeded'" }
  - { id: three, action: ledger_append, with: { file: "{{ params.file }}", line: three }, when: "params.say == 'no'" }
`,
  'slow_fail.yaml': `id: slow_fail
steps:
  - { action: run_command, with: { command: [sleep, "30"] }, timeout: 400ms }
`,
};

/** Healthy while its program runs, which only a restart brings about; it keeps data, so that none of its strategies is advised. */
const SICK = `  - name: sick
    runtime: process
    process: { command: [sleep, "7215"], cwd: . }
    data_dir: .
    health: [{ type: command, command: [pgrep, -f, "sleep 7215$"], interval: 1h, timeout: 2s }]
    recovery_strategies: [hope, restart, hybrid]`;

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let worker: Running;
let files = 0;

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `${manyServices(30)}
${SICK}`,
    runbooks: RUNBOOKS,
    extensions: [LEDGER],
    more: 'max_concurrent_recoveries: 2\napprovals: { rules: [{ when: "plan.name == \'careful\'", need: 1, role: approver }, { when: "true", need: 0 }] }',
  });
  await reviver.start('server', ['start', '--role', 'api']);
  worker = await reviver.start('worker', ['worker']);
}, 60_000);

afterAll(async () => {
  // A service outlives Reviver, as it should; here nobody needs it any more.
  spawnSync('pkill', ['-f', 'sleep 7215$']);
  await reviver.stop();
}, 60_000);

function newFile(): string {
  files += 1;
  return join(reviver.folder, `ledger-${files}.txt`);
}

async function start(service: string, runbook: string, params: object, more: object = {}): Promise<Answer> {
  const { status, body } = await reviver.call('POST', `/recover/${service}`, { runbook, params, ...more });
  expect(status).toBe(202);
  return body;
}

describe('requests', () => {
  test('50 at the same moment for one service give one recovery', async () => {
    const file = newFile();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => reviver.call('POST', '/recover/s30', { runbook: 'gated', params: { file } })),
    );
    const ids = new Set(answers.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(49);
    const [id = ''] = ids;
    const other = await reviver.call('POST', '/recover/s30', { runbook: 'quick', params: { file } });
    expect(other.status).toBe(409);
    expect(other.body.detail).toContain(id);
    await writeFile(`${file}.gate`, '');
    await reviver.reaches(id, 'SUCCEEDED');
    expect(await linesIn(file)).toEqual(['x', 'x end']);
  }, 60_000);

  test('run at most max_concurrent_recoveries at once, best priority first', async () => {
    const gate = newFile();
    const order = newFile();
    const held = await Promise.all(['s2', 's3'].map((service) => start(service, 'gated', { file: gate })));
    await Promise.all(held.map(({ id }) => reviver.step(id, 1, 'running')));
    const queued: string[] = [];
    for (const [service, priority] of [
      ['s4', 10],
      ['s5', 4],
      ['s6', 1],
      ['s7', 3],
      ['s8', 2],
    ] as const) {
      const { id } = await start(service, 'quick', { file: order, line: String(priority) }, { priority });
      queued.push(id);
    }
    const { body } = await reviver.call('GET', '/status');
    expect(body).toMatchObject({ active_recoveries: 2, queued_recoveries: 5 });
    expect((await reviver.recovery(queued[2] ?? '')).queue_place).toBe(1);
    // One slot: the waiting ones go through it one after the other.
    await reviver.call('POST', `/recoveries/${held[0].id}/cancel`);
    for (const id of queued) await reviver.reaches(id, 'SUCCEEDED');
    expect(await linesIn(order)).toEqual(['1', '2', '3', '4', '10']);
    await writeFile(`${gate}.gate`, '');
    await reviver.reaches(held[1].id, 'SUCCEEDED');
  }, 60_000);

  test('a recovery waits for the claims of another one, and then runs', async () => {
    const file = newFile();
    const holder = await start('s1', 'gated', { file });
    await reviver.step(holder.id, 1, 'running');
    const waiting = await start('s9', 'both', {});
    const third = await start('s10', 'quick', { file: newFile() });
    await reviver.reaches(third.id, 'SUCCEEDED');
    expect((await reviver.recovery(waiting.id)).state).toBe('SCHEDULED');
    await writeFile(`${file}.gate`, '');
    await reviver.reaches(holder.id, 'SUCCEEDED');
    await reviver.reaches(waiting.id, 'SUCCEEDED');
  }, 60_000);
});

describe('cancel', () => {
  test('stops a running step at once, lists what was done, and offers to roll it back', async () => {
    const file = newFile();
    const { id } = await start('s11', 'gated', { file });
    await reviver.step(id, 1, 'running');
    const asked = Date.now();
    expect((await reviver.call('POST', `/recoveries/${id}/cancel`)).status).toBe(200);
    const ended = await reviver.reaches(id, 'CANCELLED');
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(ended.steps.map((step: Answer) => step.state)).toEqual([
      'succeeded',
      expect.stringMatching(/cancelled|unknown/),
      'pending',
    ]);
    expect(ended.verbs).toContain('rollback');
    expect((await reviver.call('POST', `/recoveries/${id}/rollback`)).status).toBe(200);
    await reviver.reaches(id, 'ROLLED_BACK');
    expect(await linesIn(file)).toEqual(['x', 'undo x']);
  }, 60_000);

  test('is refused for one that has ended, and says so', async () => {
    const { id } = await start('s12', 'quick', { file: newFile() });
    await reviver.reaches(id, 'SUCCEEDED');
    const { status, body } = await reviver.call('POST', `/recoveries/${id}/cancel`);
    expect(status).toBe(409);
    expect(body.detail).toContain('has ended already');
  }, 60_000);
});

describe('a step', () => {
  test('that takes too long is stopped, fails, and the recovery says why', async () => {
    const { id } = await start('s13', 'slow_fail', {});
    const ended = await reviver.reaches(id, 'FAILED');
    expect(ended.steps[0]).toMatchObject({ state: 'failed', error: { code: 'timeout' } });
  }, 60_000);
});

describe('approval', () => {
  test('is asked for by policy, refused to the requester, given by another person, and used once', async () => {
    const file = newFile();
    const { id, state } = await start('s14', 'careful', { file });
    expect(state).toBe('AWAITING_APPROVAL');
    const own = await reviver.call('POST', `/recoveries/${id}/approve`);
    expect(own.status).toBe(403);
    expect(own.body.detail).toContain('someone else must approve');
    const stale = await reviver.call('POST', `/recoveries/${id}/approve`, { digest: '00000000' }, 'lee');
    expect(stale.status).toBe(409);
    const decisions = await Promise.all(
      [1, 2, 3].map(() => reviver.call('POST', `/recoveries/${id}/approve`, {}, 'lee')),
    );
    expect(decisions.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const ended = await reviver.reaches(id, 'SUCCEEDED');
    expect(ended.approvals[0]).toMatchObject({ state: 'consumed' });
    expect(await linesIn(file)).toEqual(['done']);
    const { body } = await reviver.call('GET', `/recoveries/${id}/events`);
    expect(body.items.map((event: Answer) => event.kind)).toEqual(
      expect.arrayContaining(['approval.asked', 'approval.refused', 'approval.decided']),
    );
  }, 60_000);

  test('a reject is final: nothing runs', async () => {
    const file = newFile();
    const { id } = await start('s15', 'careful', { file });
    expect((await reviver.call('POST', `/recoveries/${id}/reject`, {}, 'lee')).status).toBe(200);
    expect((await reviver.recovery(id)).state).toBe('CANCELLED');
    expect((await reviver.call('POST', `/recoveries/${id}/approve`, {}, 'lee')).status).toBe(409);
    expect(await linesIn(file)).toEqual([]);
  }, 60_000);
});

test('what succeeded can be put back by one command, as a recovery of its own', async () => {
  const file = newFile();
  const { id } = await start('s19', 'quick', { file });
  await reviver.reaches(id, 'SUCCEEDED');
  const undone = await reviver.call('POST', `/recoveries/${id}/undo`);
  expect(undone).toMatchObject({ status: 200, body: { message: `${undone.body.id} undoes ${id}.` } });
  await reviver.reaches(undone.body.id, 'SUCCEEDED');
  expect(await linesIn(file)).toEqual(['x', 'undo x']);
  expect((await reviver.call('POST', `/recoveries/${id}/undo`)).status).toBe(409);
}, 60_000);

test('a group runs side by side, and a runbook within the runbook by its own names', async () => {
  const file = newFile();
  const { id } = await start('s18', 'grouped', { file });
  const { steps } = await reviver.reaches(id, 'SUCCEEDED');
  expect(await linesIn(file)).toEqual(['one', 'two']);
  expect(steps.map((step: Answer) => step.state)).toEqual([
    'succeeded',
    'succeeded',
    'succeeded',
    'succeeded',
    'skipped',
  ]);
}, 60_000);

test('hybrid does the next thing only while the service is not well', async () => {
  const before = await reviver.recovery(await climb());
  expect(before.strategy).toBe('hybrid');
  expect(before.steps.map((step: Answer) => [step.id, step.state])).toEqual([
    ['hope_1', 'succeeded'],
    ['check_hope', 'failed'],
    ['restart_1', 'succeeded'],
    ['verify', 'succeeded'],
  ]);
}, 60_000);

async function climb(): Promise<string> {
  const { status, body } = await reviver.call('POST', '/recover/sick', { strategy: 'hybrid' });
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  await reviver.reaches(body.id, 'SUCCEEDED', 40_000);
  return body.id;
}

describe('SIGTERM', () => {
  test('hands a recovery over at the next step boundary; another worker finishes it', async () => {
    const file = newFile();
    const { id } = await start('s16', 'gated', { file });
    await reviver.step(id, 1, 'running');
    const second = await reviver.start('worker-2', ['worker']);
    worker.kill('SIGTERM');
    await eventually(async () => expect(reviver.log('worker')).toContain('stopping'), { timeoutMs: 5_000 });
    await writeFile(`${file}.gate`, '');
    expect(await worker.ended).toBe(0);
    const ended = await reviver.reaches(id, 'SUCCEEDED');
    expect(ended.steps.map((step: Answer) => step.attempts)).toEqual([1, 1, 1]);
    expect(await linesIn(file)).toEqual(['x', 'x end']);
    worker = second;
  }, 60_000);
});

test('the server may be restarted in the middle: nothing is lost', async () => {
  const file = newFile();
  const extra = await reviver.start('bot', ['start', '--role', 'bot']);
  const { id } = await start('s17', 'gated', { file });
  extra.kill('SIGKILL');
  await writeFile(`${file}.gate`, '');
  await reviver.reaches(id, 'SUCCEEDED');
  expect(await linesIn(file)).toEqual(['x', 'x end']);
}, 60_000);
