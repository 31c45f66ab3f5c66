import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, processesMarked, withRedis } from '../support/index.js';
import { type OwnPostgres, startOwnPostgres } from '../support/postgres.js';
import { type Installation, install, type Running } from '../support/reviver.js';
import { createScenes, FIXTURES, GATED, manyServices, NO_APPROVALS, threeSteps, UNTIL_GATE } from '../support/scene.js';

const RUNBOOKS = {
  'quick.yaml': threeSteps('quick', '{ id: b, action: ledger_append, with: { file: "{{ params.file }}", line: b } }'),
  'gated.yaml': threeSteps('gated', `{ id: b, action: gated_append, with: ${GATED} }`),
  'program.yaml': threeSteps(
    'program',
    `{ id: b, action: run_command, with: { command: ${UNTIL_GATE} }, timeout: 60s }`,
  ),
  // Its second step fails once, so that the outage falls between two attempts.
  'retries.yaml': threeSteps(
    'retries',
    '{ id: b, action: run_command, with: { command: [sh, -c, "test -e {{ params.gate }} && echo b >> {{ params.file }}"] }, retry: { strategy: linear_backoff, max_retry_attempts: 9, initial_delay_ms: 3000 } }',
  ),
};

const redis = withRedis();
let postgres: OwnPostgres;
let reviver: Installation;
let recover: ReturnType<typeof createScenes>;
let processes: Running[];
const ended: string[] = [];
const NAMES = ['server', 'one', 'two'];

/** What a process has logged of its way to Postgres: once a change, not once a query. */
const linkLines = (name: string): string[] =>
  [...reviver.log(name).matchAll(/init_db_safe: Postgres (does not answer|is back)/g)].map(([, how]) => how ?? '');

beforeAll(async () => {
  postgres = await startOwnPostgres();
  reviver = await install({
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    services: manyServices(40),
    runbooks: RUNBOOKS,
    extensions: FIXTURES,
    more: `max_concurrent_recoveries: 10\n${NO_APPROVALS}`,
  });
  recover = createScenes(reviver);
  processes = [
    await reviver.start('server', ['start', '--role', 'api', 'scheduler']),
    await reviver.start('one', ['worker']),
    await reviver.start('two', ['worker']),
  ];
  for (const [n, one] of processes.entries()) void one.ended.then((how) => ended.push(`${n}: ${how}`));
}, 60_000);

afterAll(async () => {
  await postgres.start();
  await postgres.thaw();
  await reviver.stop();
}, 60_000);

async function answersInTime(method: string, path: string, body?: object): Promise<number> {
  const began = performance.now();
  const { status } = await reviver.call(method, path, body);
  expect(performance.now() - began).toBeLessThan(5_000);
  return status;
}

/** What people and programs are told meanwhile. */
async function saysSo(): Promise<void> {
  const file = `${reviver.folder}/never.txt`;
  // All at once: a Postgres that is frozen for longer than a lease would stop the steps, which is another story.
  const [refused, ...statuses] = await Promise.all([
    reviver.call('POST', '/recover/s40', { runbook: 'quick', params: { file, gate: file } }),
    ...['/recoveries/R-1', '/health', '/healthz'].map((path) => answersInTime('GET', path)),
  ]);
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable', part: 'postgres' } });
  expect(statuses).toEqual([503, 503, 200]);
}

const OUTAGES = [
  ['stopped in good order', () => postgres.stop(), () => postgres.start()],
  ['killed', () => postgres.kill(), () => postgres.start()],
  ['frozen', () => postgres.freeze(), () => postgres.thaw()],
] as const;

describe.each(OUTAGES)('Postgres is %s and comes back', (_how, fail, back) => {
  test('while a step runs, ends, and another one waits for its next attempt: nothing is lost, nothing runs twice', async () => {
    const [gated, program, retries] = [await recover('gated'), await recover('program'), await recover('retries')];
    await gated.step(1, 'running');
    await program.step(1, 'running');
    await eventually(async () =>
      expect((await retries.view()).steps[1]).toMatchObject({ state: 'pending', attempts: 1 }),
    );
    const before = NAMES.map(linkLines);

    await fail();
    // Results that cannot be committed now.
    for (const scene of [gated, program, retries]) await scene.open();
    await eventually(async () => expect(await gated.lines()).toEqual(['a', 'b']));
    await saysSo();
    await back();

    for (const scene of [gated, program, retries]) {
      await scene.reaches('SUCCEEDED');
      expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    }
    expect((await gated.view()).steps.map((step: { attempts: number }) => step.attempts)).toEqual([1, 1, 1]);
    // The server was asked meanwhile, so it knows; a worker may have had nothing to ask.
    await eventually(() => {
      const since = NAMES.map((name, n) => linkLines(name).slice(before[n]?.length));
      expect(since[0]).toEqual(['does not answer', 'is back']);
      for (const lines of since) expect([[], ['does not answer', 'is back']]).toContainEqual(lines);
    });
    await eventually(async () => expect((await reviver.call('GET', '/health')).status).toBe(200), {
      timeoutMs: 10_000,
    });
    const fresh = await recover('quick');
    await fresh.reaches('SUCCEEDED');
    expect(ended).toEqual([]);
  }, 60_000);
});

test('a cancel that is said while Postgres is away: the answer says that it is kept, the step ends now, and it is stored when Postgres is back', async () => {
  const gated = await recover('program');
  await gated.step(1, 'running');
  await postgres.stop();
  const answer = await reviver.call('POST', `/recoveries/${gated.id}/cancel`);
  expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', recovery: gated.id } });
  expect(answer.body.detail).toContain('is not stored yet');
  await eventually(async () => expect(await processesMarked(`REVIVER_RUN=${gated.id}/1@`)).toEqual([]), {
    timeoutMs: 10_000,
  });
  await postgres.start();
  await gated.reaches('CANCELLED');
  await gated.open();
  expect(await gated.lines()).toEqual(['a']);
}, 60_000);

describe('Postgres is frozen for longer than a lease', () => {
  test('steps are stopped in time although no beat ends; then each goes on, or a person is asked', async () => {
    const [gated, program] = [await recover('gated'), await recover('program')];
    await gated.step(1, 'running');
    await program.step(1, 'running');
    const mark = `REVIVER_RUN=${program.id}/1@`;
    await eventually(async () => expect(await processesMarked(mark)).not.toEqual([]));

    await postgres.freeze();
    const frozen = performance.now();
    await eventually(async () => expect(await processesMarked(mark)).toEqual([]), { timeoutMs: 8_000 });
    await eventually(() => performance.now() - frozen > 12_000, { timeoutMs: 13_000 });
    await postgres.thaw();

    await program.reaches('AWAITING_MANUAL');
    expect((await program.view()).steps[1].state).toBe('unknown');
    await gated.step(1, 'running');
    expect(await gated.lines()).toEqual(['a']);
    await gated.open();
    await gated.reaches('SUCCEEDED');
    expect(await gated.lines()).toEqual(['a', 'b', 'c']);

    await program.open();
    await reviver.call('POST', `/recoveries/${program.id}/retry`);
    await program.reaches('SUCCEEDED');
    expect(await program.lines()).toEqual(['a', 'b', 'c']);
    expect(ended).toEqual([]);
  }, 60_000);

  test('a worker that is told to end does end, and another one takes over', async () => {
    const gated = await recover('gated');
    await gated.step(1, 'running');
    const other = await reviver.start('three', ['worker']);
    await postgres.freeze();
    other.kill('SIGTERM');
    expect(await other.ended).toBe(0);
    await postgres.thaw();
    await gated.open();
    await gated.reaches('SUCCEEDED', 30_000);
    expect(await gated.lines()).toEqual(['a', 'b', 'c']);
  }, 60_000);
});
