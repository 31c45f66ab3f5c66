import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, processesMarked, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { LEDGER, linesIn, manyServices, NO_APPROVALS } from '../support/scene.js';

const ROUNDS = Number(process.env.REVIVER_CRASH_ROUNDS ?? 20);

/** Three countable steps; the second is the one in which the worker dies. */
function runbook(id: string, second: string, third = '{ file: "{{ params.file }}", line: c }'): string {
  return `id: ${id}
params: { file: { type: string } }
steps:
  - { id: a, action: ledger_append, with: { file: "{{ params.file }}", line: a } }
  - ${second}
  - { id: c, action: ledger_append, with: ${third} }
`;
}

const SECOND = '{ id: b, action: ledger_append, with: { file: "{{ params.file }}", line: b } }';
const FAILS = '{ file: "{{ params.file }}", line: c, fail: true }';

const RUNBOOKS = {
  'plain.yaml': runbook('plain', SECOND),
  'dies.yaml': runbook(
    'dies',
    '{ id: b, action: ledger_append, with: { file: "{{ params.file }}", line: b, die: true } }',
  ),
  'blind.yaml': runbook('blind', '{ id: b, action: ledger_blind, with: { file: "{{ params.file }}", line: b } }'),
  'fails.yaml': runbook('fails', SECOND, FAILS),
  'program.yaml': runbook(
    'program',
    `{ id: b, action: run_command, with: { command: [sh, -c, "echo begun >> {{ params.file }}; sleep 60 & sleep 60; echo ended >> {{ params.file }}"] }, approval: never }`,
  ),
};

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let standby: Running;
let round = 0;

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(200),
    runbooks: RUNBOOKS,
    extensions: [LEDGER],
    more: NO_APPROVALS,
  });
  await reviver.start('server', ['start', '--role', 'api']);
  standby = await reviver.start('standby', ['worker']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
}, 60_000);

/** A worker that will die takes the recovery while the other one is frozen; then the other one wakes up. */
async function crash(
  plan: string,
  env: Record<string, string>,
): Promise<{ id: string; lines: () => Promise<string[]> }> {
  round += 1;
  const file = join(reviver.folder, `ledger-${round}.txt`);
  standby.kill('SIGSTOP');
  const doomed = await reviver.start(`doomed-${round}`, ['worker'], env);
  const { body } = await reviver.call('POST', `/recover/s${round}`, { runbook: plan, params: { file } });
  const ended = await doomed.ended;
  standby.kill('SIGCONT');
  expect(ended).toBe('SIGKILL');
  return { id: body.id, lines: () => linesIn(file) };
}

const rounds = Array.from({ length: ROUNDS }, (_, n) => n + 1);

describe('a worker that is killed', () => {
  test.each([
    ['between intent and effect', 'plain', { REVIVER_CRASH_POINT: 'after_intent:1' }],
    ['in the effect', 'dies', { LEDGER_DIES: '1' }],
    ['between effect and commit', 'plain', { REVIVER_CRASH_POINT: 'before_commit:1' }],
  ])(
    '%s leaves every effect exactly once',
    async (_where, plan, env) => {
      for (const _ of rounds) {
        const { id, lines } = await crash(plan, env);
        const recovery = await reviver.reaches(id, 'SUCCEEDED');
        expect(await lines()).toEqual(['a', 'b', 'c']);
        expect(recovery.steps.map((step: Answer) => step.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      }
    },
    240_000,
  );

  test('between commit and wake-up loses nothing: the end is stored', async () => {
    for (const _ of rounds) {
      const { id, lines } = await crash('plain', { REVIVER_CRASH_POINT: 'before_wake' });
      await reviver.reaches(id, 'SUCCEEDED');
      expect(await lines()).toEqual(['a', 'b', 'c']);
    }
  }, 240_000);

  test.each(['undo_after_intent', 'undo_before_commit'])(
    'in a rollback, at %s, undoes every step exactly once',
    async (point) => {
      for (const _ of rounds) {
        const { id, lines } = await crash('fails', { REVIVER_CRASH_POINT: point });
        const recovery = await reviver.reaches(id, 'ROLLED_BACK');
        expect(await lines()).toEqual(['a', 'b', 'undo c', 'undo b', 'undo a']);
        expect(recovery.steps.map((step: Answer) => step.state)).toEqual(['undone', 'undone', 'undone']);
      }
    },
    240_000,
  );

  test('in an effect that leaves no trace asks a person, and goes on as the person says', async () => {
    for (const n of rounds) {
      const { id, lines } = await crash('blind', { REVIVER_CRASH_POINT: 'before_commit:1' });
      const waiting = await reviver.reaches(id, 'AWAITING_MANUAL');
      expect(waiting.steps[1].state).toBe('unknown');
      const verb = n % 2 === 0 ? 'retry' : 'mark-done';
      expect((await reviver.call('POST', `/recoveries/${id}/${verb}`)).status).toBe(200);
      await reviver.reaches(id, 'SUCCEEDED');
      expect(await lines()).toEqual(verb === 'retry' ? ['a', 'b', 'b', 'c'] : ['a', 'b', 'c']);
    }
  }, 240_000);

  test('while a program runs takes the whole process group with it, and the outcome is unknown', async () => {
    for (const _ of rounds) {
      round += 1;
      const file = join(reviver.folder, `ledger-${round}.txt`);
      standby.kill('SIGSTOP');
      const doomed = await reviver.start(`doomed-${round}`, ['worker']);
      const { body } = await reviver.call('POST', `/recover/s${round}`, { runbook: 'program', params: { file } });
      await eventually(async () => expect(await readFile(file, 'utf8')).toContain('begun'), { timeoutMs: 10_000 });
      doomed.kill('SIGKILL');
      await doomed.ended;
      standby.kill('SIGCONT');
      const waiting = await reviver.reaches(body.id, 'AWAITING_MANUAL');
      expect(waiting.steps[1].state).toBe('unknown');
      expect(await processesMarked(`REVIVER_RUN=${body.id}/1@`)).toEqual([]);
      expect(await readFile(file, 'utf8')).toBe('a\nbegun\n');
      await reviver.call('POST', `/recoveries/${body.id}/cancel`);
    }
  }, 240_000);
});
