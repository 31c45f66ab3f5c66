import { expect, test } from '@jest/globals';
import { logLines } from '../../../../src/api/json/execution.js';
import type { RecoveryState, RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { aPlan, aRecovery, aStep } from '../../../support/builders.js';

const LINES = ['stop_service: redis', 'scale-out deployment', null];
const logs = (steps: RecoveryStep[], state: RecoveryState, message = '') =>
  logLines({ recovery: aRecovery({ plan: aPlan({ lines: LINES }), state, outcome: { code: '', message } }), steps });
const done = [0, 1, 2].map((position) => aStep(position, { state: 'succeeded' }));
const error = { code: 'failed', message: 'it said no' };

test('a success has a line for each step that was asked for', () => {
  expect(logs(done, 'SUCCEEDED')).toEqual(['Executed: stop_service: redis', 'Executed: scale-out deployment']);
});

test('a failure tells which step, why, and what was undone', () => {
  const steps = [
    aStep(0, { state: 'succeeded' }),
    aStep(1, { state: 'failed', error }),
    aStep(2),
    aStep(3, { kind: 'undo', undoes: 1, state: 'failed', error: { code: '', message: 'gone' } }),
    aStep(4, { kind: 'undo', undoes: 0, state: 'succeeded' }),
  ];
  expect(logs(steps, 'FAILED', 'step 2')).toEqual([
    'Executed: stop_service: redis',
    'Failed: scale-out deployment: it said no',
    'Not undone: scale-out deployment: gone',
    'Undone: stop_service: redis',
  ]);
});

test('a look at the end that failed is told by its name', () => {
  const steps = [...done.slice(0, 2), aStep(2, { state: 'failed', error, name: 'Verify redis' })];
  expect(logs(steps, 'ROLLED_BACK').at(-1)).toBe('Failed: Verify redis: it said no');
});

test('what no step explains is said at the end', () => {
  expect(logs([aStep(0)], 'CANCELLED', 'cancelled by Ann')).toEqual(['CANCELLED: cancelled by Ann']);
});

test('an older plan has no lines, so its steps have their names', () => {
  const recovery = aRecovery({ plan: aPlan(), state: 'SUCCEEDED' });
  expect(logLines({ recovery, steps: [aStep(0, { state: 'succeeded' })] })).toEqual(['Executed: Step 0']);
});
