import { describe, expect, test } from '@jest/globals';
import { retryPolicy } from '../../../../src/engine/model/retry-policy.js';
import { type Move, move, step } from '../../../../src/engine/recovery/move.js';
import {
  begin,
  cancelStep,
  fail,
  notDone,
  skip,
  succeed,
  unknown,
} from '../../../../src/engine/recovery/step-moves.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';

const working = (over = {}) => move(aSnapshot([aStep(0, over)], { state: 'IN_PROGRESS' }));
const of = (m: Move) => step(m, 0);
const lastEvent = (m: Move) => m.events.at(-1);
const error = { code: 'action_failed', message: 'connection refused' };

describe('begin', () => {
  test('commits the intent with the before-state', () => {
    const begun = begin(working(), 0, { pid: 4711 }, at(5));
    expect(of(begun)).toMatchObject({ state: 'running', attempts: 1, startedAt: at(5), before: { pid: 4711 } });
    expect(lastEvent(begun)).toMatchObject({
      kind: 'step.started',
      data: { step: 0, action: 'stop_service', attempt: 1 },
    });
  });

  test('keeps the start of the first attempt, and forgets the error of the last one', () => {
    const again = begin(working({ attempts: 1, startedAt: at(5), error, nextAttemptAt: at(9) }), 0, {}, at(10));
    expect(of(again)).toMatchObject({ attempts: 2, startedAt: at(5), error: null, nextAttemptAt: null });
  });

  test('keeps what was there before the first attempt, for its undo', () => {
    const again = (over: object) =>
      of(begin(working({ attempts: 1, startedAt: at(5), ...over }), 0, { pid: 2 }, at(10)));
    expect(again({ before: { pid: 1 } })).toMatchObject({ before: { pid: 2 }, firstBefore: { pid: 1 } });
    expect(again({ before: { pid: 1 }, firstBefore: { pid: 0 } })).toMatchObject({ firstBefore: { pid: 0 } });
  });

  test("consumes the step's own approval, so that it counts once", () => {
    const begun = begin(working({ approvalId: 'q1' }), 0, {}, at(0));
    expect(begun.consume).toEqual([{ approval: 'q1', digest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(of(begun).approvalId).toBeNull();
  });

  test('leaves the approval that the start consumes alone', () => {
    const consume = [{ approval: 'plan', digest: 'd' }];
    expect(begin({ ...working(), consume }, 0, {}, at(0)).consume).toEqual(consume);
  });
});

test('success tells how long it took over all attempts', () => {
  const done = succeed(
    working({ state: 'running', attempts: 2, startedAt: at(0) }),
    0,
    { summary: '1,204 keys' },
    at(4_900),
  );
  expect(of(done)).toMatchObject({
    state: 'succeeded',
    endedAt: at(4_900),
    result: { summary: '1,204 keys' },
    error: null,
  });
  expect(lastEvent(done)?.data).toMatchObject({ duration_ms: 4_900, summary: '1,204 keys', attempt: 2 });
});

describe('a failed attempt', () => {
  const retry = retryPolicy({ maxRetryAttempts: 3 });

  test("is followed by another one after the policy's delay", () => {
    const failed = fail(working({ state: 'running', attempts: 2, retry }), 0, error, at(100));
    expect(of(failed)).toMatchObject({ state: 'pending', nextAttemptAt: at(2_100), error, attempts: 2 });
    expect(lastEvent(failed)).toMatchObject({ kind: 'step.retry', data: { delay_ms: 2_000, attempt: 2, of: 3 } });
  });

  test('ends the step when it was the last one', () => {
    const failed = fail(working({ state: 'running', attempts: 3, retry }), 0, error, at(100));
    expect(of(failed)).toMatchObject({ state: 'failed', endedAt: at(100), error });
    expect(lastEvent(failed)).toMatchObject({
      kind: 'step.failed',
      data: { error: 'connection refused', code: 'action_failed' },
    });
  });

  test('ends the step when another attempt cannot help', () => {
    expect(of(fail(working({ state: 'running', attempts: 1, retry }), 0, error, at(0), false)).state).toBe('failed');
  });

  test('is kept without the secrets in its words and facts', () => {
    const said = {
      code: 'http',
      message: 'GET /?token=a1b2c3d4 failed',
      facts: { url: 'http://u:hunter2@x', status: 500 },
    };
    expect(of(fail(working({ state: 'running', attempts: 3, retry }), 0, said, at(0))).error).toEqual({
      code: 'http',
      message: 'GET /?token=••• failed',
      facts: { url: 'http://u:•••@x', status: 500 },
    });
  });

  test('ends the step when a person is to decide', () => {
    const manual = retryPolicy({ strategy: 'manual' });
    expect(of(fail(working({ state: 'running', attempts: 1, retry: manual }), 0, error, at(0))).state).toBe('failed');
  });
});

describe('an attempt that reality shows not to have happened', () => {
  test('counts as if it had not been', () => {
    const back = notDone(working({ state: 'running', attempts: 1, startedAt: at(0) }), 0, 'pid 4711 still runs');
    expect(of(back)).toMatchObject({ state: 'pending', attempts: 0, startedAt: null });
    expect(lastEvent(back)).toMatchObject({ kind: 'step.not_done', data: { evidence: 'pid 4711 still runs' } });
  });

  test('leaves the attempts before it as they were', () => {
    const back = notDone(working({ state: 'running', attempts: 2, startedAt: at(0) }), 0, '');
    expect(of(back)).toMatchObject({ attempts: 1, startedAt: at(0) });
  });
});

test('an unknown outcome keeps the evidence for whoever decides', () => {
  const stopped = unknown(working({ state: 'running', attempts: 1 }), 0, 'lock held by no one', at(7));
  expect(of(stopped)).toMatchObject({
    state: 'unknown',
    endedAt: at(7),
    error: { code: 'unknown_outcome', message: 'lock held by no one' },
  });
});

test('a skipped step says why', () => {
  const skipped = skip(working(), 0, 'not needed: incident.severity >= 0.5', at(7));
  expect(of(skipped)).toMatchObject({ state: 'skipped', result: { summary: 'not needed: incident.severity >= 0.5' } });
});

test('a step that a cancel stopped without effect is cancelled', () => {
  const stopped = cancelStep(working({ state: 'running', attempts: 1 }), 0, 'nothing was sent', at(7));
  expect(of(stopped)).toMatchObject({ state: 'cancelled', endedAt: at(7), error: { code: 'cancelled' } });
});
