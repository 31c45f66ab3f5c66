import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { parseRunbook } from '../../../../src/engine/planner/load-runbooks.js';
import type { Ending } from '../../../../src/engine/rehearsal/ending.js';
import { faultText } from '../../../../src/engine/rehearsal/fault.js';
import { imaginedPlan } from '../../../../src/engine/rehearsal/imagined-plan.js';
import { installationFor } from '../../../../src/engine/rehearsal/installation-for.js';
import { rehearse } from '../../../../src/engine/rehearsal/rehearse.js';
import { surroundings } from '../../../support/lint.js';

const command = '{ action: run_command, with: { command: [ls] }';

async function rehearsed(text: string, running = true) {
  const runbook = parseRunbook(text, 'a.yaml');
  const installation = installationFor(runbook, 'redis', surroundings({ configured: undefined }));
  const plan = await imaginedPlan({ runbook: runbook.id, service: 'redis', params: {} }, installation);
  const rehearsal = await rehearse(plan, runbook.tests, { actions: BUILT_IN_ACTIONS, running });
  const of = (step: string, what: string): Omit<Ending, 'fault'> | undefined => {
    const found = rehearsal.endings.find(
      ({ fault }) => fault.kind !== 'none' && fault.step === step && faultText(fault) === what,
    );
    if (!found) return undefined;
    const { fault: _, ...ending } = found;
    return ending;
  };
  return { ...rehearsal, of };
}

const steps = (...lines: string[]) => `id: a\nsteps:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const nothing = { undone: [], left: [], kept: [], offered: [] };

describe('the shipped runbook', () => {
  const text = readFileSync('runbooks/redis_outage.yaml', 'utf8');

  test('is undone from its failed step on backwards, whichever that is', async () => {
    const { of, shortcomings } = await rehearsed(text);
    expect(shortcomings).toEqual([]);
    expect(of('stop_service_1', 'fails')).toEqual({ ...nothing, state: 'ROLLED_BACK', undone: ['stop_service_1'] });
    expect(of('restore', 'fails')).toEqual({ ...nothing, state: 'ROLLED_BACK', undone: ['restore', 'stop_service_1'] });
    expect(of('verify', 'fails')).toEqual({
      ...nothing,
      state: 'ROLLED_BACK',
      undone: ['start_service_3', 'restore', 'stop_service_1'],
    });
  });

  test('goes on after a crash that reality explains, and asks a person where it does not', async () => {
    const { of } = await rehearsed(text);
    expect(of('restore', 'worker dies, was done')?.state).toBe('SUCCEEDED');
    expect(of('restore', 'worker dies, not done')?.state).toBe('SUCCEEDED');
    expect(of('restore', 'worker dies, unknown')).toEqual({
      ...nothing,
      state: 'AWAITING_MANUAL',
      offered: ['restore', 'stop_service_1'],
    });
  });

  test('stops at an undo that fails, and tells what stays', async () => {
    const { of } = await rehearsed(text);
    expect(of('restore', 'its undo fails')).toEqual({
      ...nothing,
      state: 'FAILED',
      undone: ['start_service_3'],
      left: ['stop_service_1', 'restore'],
    });
  });

  test('has nothing to start again when the service did not run', async () => {
    const { of } = await rehearsed(text, false);
    expect(of('restore', 'fails')).toEqual({ ...nothing, state: 'ROLLED_BACK', undone: ['restore'] });
  });
});

describe('a step that leaves something behind', () => {
  test('fails the rehearsal, with the step and what to do', async () => {
    const { shortcomings, of } = await rehearsed(steps(`${command}, id: cmd }`, '"notify: hi"'));
    expect(of('cmd', 'fails')).toEqual({ ...nothing, state: 'FAILED', left: ['cmd'] });
    expect(shortcomings).toEqual([
      {
        step: 'cmd',
        says: 'when cmd fails, what it did until then stays: the recovery ends FAILED',
        mend: 'Give cmd a rollback, or declare it irreversible: "rollback: none".',
      },
    ]);
  });

  test('passes when it is declared irreversible, and when its author undoes it', async () => {
    const declared = await rehearsed(steps(`${command}, id: cmd, rollback: none }`));
    expect(declared.shortcomings).toEqual([]);
    expect(declared.of('cmd', 'fails')).toEqual({ ...nothing, state: 'FAILED', kept: ['cmd'] });
    const undone = await rehearsed(
      steps(`${command}, id: cmd, rollback: { action: run_command, with: { command: [rm] } } }`),
    );
    expect(undone.shortcomings).toEqual([]);
    expect(undone.of('cmd', 'fails')?.undone).toEqual(['cmd']);
  });

  test('is told once, although later steps fail, too', async () => {
    const { shortcomings } = await rehearsed(
      steps(`${command}, id: cmd }`, '"stop_service: redis"', '"start_service: redis"'),
    );
    expect(shortcomings).toHaveLength(1);
  });

  test('is noticed when a later step stops instead of rolling back', async () => {
    const { shortcomings } = await rehearsed(
      steps(
        '{ id: stop, action: stop_service, with: { service: redis } }',
        '{ id: tell, action: notify, with: { message: hi }, on_failure: stop }',
      ),
    );
    expect(shortcomings).toMatchObject([{ step: 'stop', mend: expect.stringContaining('Let tell roll back') }]);
  });
});

test('a verify that says no undoes the step, and after a crash it is believed', async () => {
  const { of } = await rehearsed(
    steps(`${command}, id: cmd, rollback: none, verify: { action: check_health, with: { service: redis } } }`),
  );
  expect(of('cmd', 'its verify fails')?.state).toBe('FAILED');
  expect(of('cmd', 'worker dies, was done')?.state).toBe('SUCCEEDED');
  expect(of('cmd', 'worker dies, unknown')?.state).toBe('AWAITING_MANUAL');
});

test('a step that may run twice is run again when nothing can be told', async () => {
  const { of } = await rehearsed(steps(`${command}, id: cmd, rollback: none, idempotent: true }`));
  expect(of('cmd', 'worker dies, unknown')?.state).toBe('SUCCEEDED');
});

test('steps side by side are undone together', async () => {
  const { of } = await rehearsed(
    steps(
      '{ action: parallel, with: { steps: [{ id: a, action: stop_service, with: { service: redis } }, { id: b, action: stop_service, with: { service: web } }] } }',
    ),
  );
  expect(of('b', 'fails')?.undone.sort()).toEqual(['a', 'b']);
});

describe('a step that is retried', () => {
  const stop = (more: string) =>
    steps(
      `{ id: s, action: stop_service, with: { service: redis }, retry: { max_retry_attempts: 4, initial_delay_ms: 60000 }${more} }`,
    );

  test('is tried so often without its delays, and undone by its own rollback', async () => {
    const { of, shortcomings } = await rehearsed(
      stop(', rollback: { action: start_service, with: { service: redis } }'),
    );
    expect(of('s', 'fails')).toEqual({ ...nothing, state: 'ROLLED_BACK', undone: ['s'] });
    expect(shortcomings).toEqual([]);
  });

  test('without one by its action, back to before the first attempt', async () => {
    const { of, shortcomings } = await rehearsed(stop(''));
    expect(of('s', 'fails')).toEqual({ ...nothing, state: 'ROLLED_BACK', undone: ['s'] });
    expect(shortcomings).toEqual([]);
  });
});

describe('tests of the runbook', () => {
  const of = (...tests: string[]) =>
    rehearsed(
      `${steps('{ id: stop, action: stop_service, with: { service: redis } }', '{ id: tell, action: notify, with: { message: hi }, on_failure: stop }')}tests:\n${tests.map((one) => `  - ${one}\n`).join('')}`,
    );

  test('that hold decide about their case', async () => {
    const { shortcomings } = await of(
      '{ ends: SUCCEEDED }',
      '{ fail: stop, ends: ROLLED_BACK, undone: [stop], left: [] }',
      '{ fail: tell, ends: FAILED, left: [stop] }',
      '{ crash: stop, ends: AWAITING_MANUAL }',
      '{ crash: stop, seen: done, ends: SUCCEEDED }',
    );
    // The health check behind it rolls back, so that nothing of it stays.
    expect(shortcomings).toEqual([]);
  });

  test('that do not hold say what is so', async () => {
    const { shortcomings } = await of('{ fail: tell, ends: ROLLED_BACK, undone: [stop], left: [] }');
    expect(shortcomings.map(({ test, says }) => `${test}: ${says}`)).toEqual([
      '0: the test expects ROLLED_BACK, and it ends FAILED',
      '0: the test expects that stop is undone, in this order; undone is nothing',
      '0: the test expects that nothing stays; what stays is stop',
    ]);
  });

  test('of a step that is not there suggest one', async () => {
    const { shortcomings } = await of('{ fail: tel, ends: FAILED }', '{ fail: tell, ends: FAILED, left: [stop] }');
    expect(shortcomings).toMatchObject([
      { test: 0, says: 'there is no step "tel"', mend: expect.stringMatching(/^Did you mean tell\?/) },
    ]);
  });

  test('have their form', () => {
    const bad = (line: string) => () => parseRunbook(`id: a\nsteps: ["notify: hi"]\ntests: [${line}]\n`, 'a.yaml');
    expect(bad('{ fail: a, crash: b, ends: FAILED }')).toThrow(/at most one of fail/);
    expect(bad('{ fail: a, seen: done, ends: FAILED }')).toThrow(/seen only beside crash/);
    expect(bad('{ fail: a, ends: ROLLEDBACK }')).toThrow(/Did you mean ROLLED_BACK\?/);
  });
});

test('twenty steps with every fault are quick, and give the same again', async () => {
  const twenty = steps(
    ...Array.from(
      { length: 20 },
      (_, n) => `{ id: s${n}, action: ${n % 2 === 0 ? 'stop_service' : 'start_service'}, with: { service: redis } }`,
    ),
  );
  const started = process.cpuUsage();
  const first = await rehearsed(twenty);
  const { user, system } = process.cpuUsage(started);
  const ms = (user + system) / 1_000;
  process.stdout.write(`20 steps, ${first.endings.length} cases: ${ms.toFixed(0)} ms of the processor\n`);
  expect((await rehearsed(twenty)).endings).toEqual(first.endings);
  expect(ms).toBeLessThan(10_000);
});

test('every action that undoes itself can imagine what there was before', () => {
  const inputs: Record<string, object> = {
    restore_backup: { backup: 'x' },
    scale_service: { service: 'redis', by: 1 },
    kubernetes_scale: { service: 'redis', replicas: 2 },
    docker_update: { service: 'redis', cpus: 2 },
    redis_command: { service: 'redis', command: ['CONFIG', 'SET', 'maxmemory', '1'], writes: true },
  };
  for (const { name, inverse, imagine } of BUILT_IN_ACTIONS.values()) {
    if (!inverse) continue;
    const input = JSON.parse(JSON.stringify(inputs[name] ?? { service: 'redis' }));
    expect([name, inverse(input, imagine?.(input) ?? {})]).toEqual([
      name,
      expect.objectContaining({ action: expect.any(String) }),
    ]);
  }
});
