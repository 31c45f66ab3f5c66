import { describe, expect, test } from '@jest/globals';
import type { RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { NO_RETRY } from '../../../../src/engine/model/retry-policy.js';
import { type UndoOf, undoSteps } from '../../../../src/engine/recovery/undo.js';
import { aStep, at } from '../../../support/builders.js';

const undoable: UndoOf = () => ({
  action: 'start_service',
  input: { service: 'redis' },
  timeoutMs: 9_000,
  idempotent: true,
});
const undone = (steps: RecoveryStep[], undoOf = undoable) => undoSteps(steps, undoOf).map((step) => step.undoes);

const ran = { startedAt: at(0), attempts: 1 };
const succeeded = (position: number) => aStep(position, { ...ran, state: 'succeeded' });

describe('the order (D10)', () => {
  test("is the failed step's partial effect first, then the finished steps in reverse", () => {
    expect(undone([succeeded(0), succeeded(1), aStep(2, { ...ran, state: 'failed' }), aStep(3)])).toEqual([2, 1, 0]);
  });

  test('puts every partial effect before every finished one, also side by side', () => {
    const stage = { stage: 1 };
    const steps = [succeeded(0), aStep(1, { ...ran, ...stage, state: 'failed' }), { ...succeeded(2), ...stage }];
    expect(undone(steps)).toEqual([1, 2, 0]);
  });

  test('is one after the other: each has a stage of its own, behind all others', () => {
    const made = undoSteps([succeeded(0), { ...succeeded(1), stage: 4 }], undoable);
    expect(made.map(({ position, stage }) => ({ position, stage }))).toEqual([
      { position: 2, stage: 5 },
      { position: 3, stage: 6 },
    ]);
  });
});

describe('undone is', () => {
  test('an unknown step, since it may have had its effect', () => {
    expect(undone([aStep(0, { ...ran, state: 'unknown' })])).toEqual([0]);
  });

  test('a step between two attempts, since the failed attempt may have had a part of it', () => {
    expect(undone([aStep(0, { ...ran, state: 'pending', nextAttemptAt: at(1_000) })])).toEqual([0]);
  });

  test('a step to which a person gave its attempts back', () => {
    expect(undone([aStep(0, { state: 'pending', startedAt: at(0), attempts: 0 })])).toEqual([0]);
  });

  test('a step that an earlier attempt of the recovery reached, whatever this one made of it', () => {
    const reached = { firstBefore: { status: 'running' } };
    expect(undone([aStep(0, { ...reached, state: 'pending' }), aStep(1, { ...reached, state: 'skipped' })])).toEqual([
      1, 0,
    ]);
  });

  test('not a step that was refused at its only attempt, before it touched anything', () => {
    const error = {
      code: 'no_snapshot',
      message: 'There is no snapshot of redis. Nothing was changed.',
      untouched: true,
    };
    const refused = { ...ran, state: 'failed', error } as const;
    expect(undone([succeeded(0), aStep(1, refused)])).toEqual([0]);
    expect(undone([aStep(0, { ...refused, attempts: 2 })])).toEqual([0]);
    expect(undone([aStep(0, { ...refused, interruptions: 1 })])).toEqual([0]);
  });

  test('a failed step that was kept going past', () => {
    expect(undone([aStep(0, { ...ran, state: 'failed', onFailure: 'continue' }), succeeded(1)])).toEqual([0, 1]);
  });

  test('an aborted step only for the attempts before the aborted one', () => {
    expect(undone([aStep(0, { ...ran, state: 'cancelled' })])).toEqual([]);
    expect(undone([aStep(0, { ...ran, state: 'cancelled', attempts: 2 })])).toEqual([0]);
  });

  test.each<[string, Partial<RecoveryStep>]>([
    ['never began', {}],
    ['was refused before it began', { state: 'failed' }],
    ['was skipped', { state: 'skipped' }],
    ["was marked done on a person's word, without having begun", { state: 'succeeded' }],
  ])('no step that %s', (_, over) => expect(undone([aStep(0, over)])).toEqual([]));

  test('no step that has nothing to undo', () => {
    const onlyFirst: UndoOf = (step) => (step.position === 0 ? undoable(step) : undefined);
    expect(undone([succeeded(0), succeeded(1)], onlyFirst)).toEqual([0]);
  });

  test('no undo step', () => {
    expect(undone([succeeded(0), { ...succeeded(1), kind: 'undo', undoes: 0 }])).toEqual([0]);
  });
});

test('an undo step begins with a clean sheet and is tried once', () => {
  const of = aStep(0, {
    ...ran,
    state: 'failed',
    when: 'true',
    approval: 'always',
    approvalId: 'q',
    before: { pid: 1 },
    error: { code: 'x', message: 'y' },
    verify: { action: 'check_health', input: {} },
    pool: 'east',
  });
  expect(undoSteps([of], undoable)).toEqual([
    aStep(1, {
      kind: 'undo',
      undoes: 0,
      id: 'undo_s0',
      name: 'Undo: Step 0',
      action: 'start_service',
      input: { service: 'redis' },
      risk: 0,
      timeoutMs: 9_000,
      retry: NO_RETRY,
      onFailure: 'stop',
      idempotent: true,
      approval: 'never',
      rollback: null,
      pool: 'east',
    }),
  ]);
});
