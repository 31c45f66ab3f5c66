import { describe, expect, test } from '@jest/globals';
import type { RecoveryStep, StepState } from '../../../../src/engine/model/recovery.js';
import { NO_RETRY } from '../../../../src/engine/model/retry-policy.js';
import type { AbortCode, OldProcesses, Resolution } from '../../../../src/engine/recovery/attempt.js';
import { settleDoubtful, settleInterrupted } from '../../../../src/engine/recovery/interrupted.js';
import { move, step } from '../../../../src/engine/recovery/move.js';
import { aSnapshot, aStep, at, T0 } from '../../../support/builders.js';

interface Case {
  outcome: Resolution['outcome'];
  code?: AbortCode;
  old?: OldProcesses;
  of?: Partial<RecoveryStep>;
}

function becomes({ outcome, code, old = 'gone', of = {} }: Case): StepState {
  const running = aStep(0, { state: 'running', attempts: 1, startedAt: at(0), ...of });
  const working = move(aSnapshot([running], { state: 'IN_PROGRESS' }));
  return step(settleInterrupted(working, running, { outcome, evidence: 'pid 4711 is gone' }, old, code, at(1)), 0)
    .state;
}

const idempotent = { idempotent: true };
const undo = { kind: 'undo' as const, undoes: 0 };

describe('a step that was left or stopped in the middle (D4)', () => {
  test.each<[string, Case, StepState]>([
    ['whose effect is there has succeeded', { outcome: 'done' }, 'succeeded'],
    [
      'whose effect is there has succeeded, also when it was to be cancelled',
      { outcome: 'done', code: 'cancelled' },
      'succeeded',
    ],
    ['without effect is run again', { outcome: 'not_done' }, 'pending'],
    ['without effect is cancelled when that was the wish', { outcome: 'not_done', code: 'cancelled' }, 'cancelled'],
    ['that may be repeated is run again', { outcome: 'unknown', of: idempotent }, 'pending'],
    [
      'that may be repeated is unknown while its old processes may live',
      { outcome: 'unknown', of: idempotent, old: 'cannot_tell' },
      'unknown',
    ],
    [
      'that may be repeated is not begun again by a cancel',
      { outcome: 'unknown', of: idempotent, code: 'cancelled' },
      'unknown',
    ],
    ['that may not be repeated is unknown: nothing is guessed', { outcome: 'unknown' }, 'unknown'],
    [
      'that undoes is run again, also when a wish to cancel came too late',
      { outcome: 'not_done', code: 'cancelled', of: undo },
      'pending',
    ],
  ])('%s', (_, given, state) => expect(becomes(given)).toBe(state));
});

describe('an action that does not know whether it took effect', () => {
  const running = aSnapshot([aStep(0, { state: 'running', attempts: 1, startedAt: T0 })], { state: 'IN_PROGRESS' });
  const settled = (outcome: 'done' | 'not_done' | 'unknown', over: Partial<RecoveryStep> = {}) => {
    const step = aStep(0, { state: 'running', attempts: 1, startedAt: T0, ...over });
    const snapshot = { ...running, steps: [step] };
    return settleDoubtful(move(snapshot), step, 'POST: no answer', { outcome, evidence: 'looked' }, at(5)).after
      .steps[0];
  };
  const twice = { ...NO_RETRY, maxRetryAttempts: 2 };

  test('has succeeded when reality shows the effect', () => {
    expect(settled('done')).toMatchObject({ state: 'succeeded' });
  });

  test('has failed when reality shows none, and is retried by its policy', () => {
    expect(settled('not_done')).toMatchObject({ state: 'failed', error: { code: 'in_doubt' } });
    expect(settled('not_done', { retry: twice })).toMatchObject({ state: 'pending', attempts: 1 });
  });

  test('is run again only when it is idempotent, else a person decides', () => {
    expect(settled('unknown', { idempotent: true, retry: twice })).toMatchObject({ state: 'pending' });
    expect(settled('unknown', { retry: twice })).toMatchObject({
      state: 'unknown',
      error: { message: 'POST: no answer; looked' },
    });
  });
});

describe('a step that kills its workers', () => {
  test('is run again twice, and then a person decides', () => {
    const died = (interruptions: number) => becomes({ outcome: 'not_done', of: { interruptions, idempotent: true } });
    expect([died(0), died(1), died(2)]).toEqual(['pending', 'pending', 'unknown']);
  });

  test('counts deaths only: a cancel or a shutdown is none', () => {
    expect(becomes({ outcome: 'not_done', code: 'shutdown', of: { interruptions: 2 } })).toBe('pending');
  });
});
