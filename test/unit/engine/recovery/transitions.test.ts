import { describe, expect, test } from '@jest/globals';
import {
  isTerminal,
  RECOVERY_STATES,
  type RecoveryState,
  TERMINAL_STATES,
} from '../../../../src/engine/model/recovery.js';
import { assertMove, mayMove } from '../../../../src/engine/recovery/transitions.js';

const successors = (from: RecoveryState) => RECOVERY_STATES.filter((to) => mayMove(from, to));

test.each([...RECOVERY_STATES])('the table has a row for %s', (from) => {
  expect(() => RECOVERY_STATES.map((to) => mayMove(from, to))).not.toThrow();
});

test('the ends are the four that the table and the model agree on', () => {
  expect(RECOVERY_STATES.filter(isTerminal)).toEqual([...TERMINAL_STATES]);
});

describe('from an end', () => {
  test.each(['SUCCEEDED', 'FAILED', 'CANCELLED'] as const)('%s only a rollback leads on', (end) => {
    expect(successors(end)).toEqual(['ROLLING_BACK']);
  });

  test('ROLLED_BACK nothing leads on', () => expect(successors('ROLLED_BACK')).toEqual([]));
});

test.each(RECOVERY_STATES.filter((state) => !isTerminal(state)))('from %s an end can be reached', (from) => {
  const reached = new Set<RecoveryState>([from]);
  for (const state of reached) for (const next of successors(state)) reached.add(next);
  expect([...reached].some(isTerminal)).toBe(true);
});

test('every state but the first ones can be reached from another', () => {
  const reachable = RECOVERY_STATES.filter((to) => RECOVERY_STATES.some((from) => from !== to && mayMove(from, to)));
  expect(reachable).toEqual([...RECOVERY_STATES]);
});

test('a rollback is not cancelled half way', () => expect(mayMove('ROLLING_BACK', 'CANCELLED')).toBe(false));

test('nothing succeeds that waits for people', () => {
  expect(mayMove('AWAITING_APPROVAL', 'SUCCEEDED')).toBe(false);
  expect(mayMove('AWAITING_MANUAL', 'SUCCEEDED')).toBe(false);
});

test('an illegal move is named', () => {
  expect(() => assertMove('SUCCEEDED', 'IN_PROGRESS')).toThrow('illegal move of a recovery: SUCCEEDED -> IN_PROGRESS');
  expect(() => assertMove('SCHEDULED', 'IN_PROGRESS')).not.toThrow();
});
