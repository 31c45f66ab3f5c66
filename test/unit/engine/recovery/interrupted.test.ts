import { describe, expect, test } from '@jest/globals';
import type { RecoveryStep, StepState } from '../../../../src/engine/model/recovery.js';
import type { AbortCode, OldProcesses, Resolution } from '../../../../src/engine/recovery/attempt.js';
import { settleInterrupted } from '../../../../src/engine/recovery/interrupted.js';
import { move, step } from '../../../../src/engine/recovery/move.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';

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
