import { describe, expect, test } from '@jest/globals';
import { recoveryJson, toRecoveryJson } from '../../../../src/api/json/recovery.js';
import type { RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { stepOf, viewOf } from '../../../support/api-engine.js';

const failure = { code: 'exit', message: 'It ended with 1.' };

function steps(...given: Partial<RecoveryStep>[]) {
  return toRecoveryJson(
    viewOf(
      { id: 12 },
      given.map((step, position) => stepOf({ position, ...step })),
    ),
  ).steps;
}

describe('a recovery as JSON', () => {
  test('has the form that the API document tells', () => {
    const json = toRecoveryJson(viewOf({ id: 12, retryOf: 7, outcome: { code: 'ok', message: 'back' } }));
    expect(recoveryJson.parse(json)).toMatchObject({
      id: 'R-12',
      retry_of: 'R-7',
      strategy: 'restart',
      risk_score: 0.2,
    });
    expect(json).not.toHaveProperty('runbook');
  });

  test('names a runbook instead of a strategy when the plan came from one', () => {
    const { plan } = viewOf({ id: 1 }).recovery;
    const json = toRecoveryJson(viewOf({ id: 1, plan: { ...plan, kind: 'runbook', name: 'redis_outage' } }));
    expect(json).toMatchObject({ runbook: 'redis_outage' });
    expect(json).not.toHaveProperty('strategy');
  });

  test('shows a step that was undone as such, and no row for the undoing', () => {
    expect(steps({ state: 'succeeded' }, { kind: 'undo', undoes: 0, state: 'succeeded' })).toMatchObject([
      { state: 'undone' },
    ]);
  });

  test('shows why an undo failed', () => {
    const [step] = steps({ state: 'succeeded' }, { kind: 'undo', undoes: 0, state: 'failed', error: failure });
    expect(step).toMatchObject({ state: 'undo_failed', error: failure });
  });

  test('keeps the failure of a step whose effect was undone', () => {
    const [step] = steps({ state: 'failed', error: failure }, { kind: 'undo', undoes: 0, state: 'succeeded' });
    expect(step).toMatchObject({ state: 'undone', error: failure });
  });

  test.each(['pending', 'running', 'skipped'] as const)('leaves a step as it is while its undo is %s', (state) => {
    expect(steps({ state: 'succeeded' }, { kind: 'undo', undoes: 0, state })).toMatchObject([{ state: 'succeeded' }]);
  });

  test('leaves out the input of steps and the facts of errors', () => {
    const text = JSON.stringify(
      steps({ input: { password: 'hunter2' }, error: { ...failure, facts: { env: 'hunter2' } } }),
    );
    expect(text).not.toContain('hunter2');
  });
});
