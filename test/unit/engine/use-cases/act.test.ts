import { describe, expect, test } from '@jest/globals';
import type { Verb } from '../../../../src/engine/engine.js';
import type { Recovery, RecoveryStep, Snapshot } from '../../../../src/engine/model/recovery.js';
import type { RecoveryStore } from '../../../../src/engine/ports.js';
import { act } from '../../../../src/engine/use-cases/act.js';
import { aPlan, aSnapshot, aStep, at } from '../../../support/builders.js';
import { ANN, NOW, refusal, type World, who, world } from './memory-ports.js';

const ran = { startedAt: at(0), attempts: 1 };
const good = aStep(0, { ...ran, state: 'succeeded' });
const stuck = aStep(1, { ...ran, state: 'unknown' });

const recovery = (over: Partial<Recovery>, steps: RecoveryStep[] = [good, aStep(1)]): Snapshot =>
  aSnapshot(steps, { startedAt: at(0), ...over });
const did = ({ ports }: World, verb: Verb, as = ANN) => act(12, verb, as, ports);

describe('cancel', () => {
  const running = recovery({ state: 'IN_PROGRESS', owner: 'w1' });

  test('tells the owner, who stops at once', async () => {
    const w = world([running]);
    expect((await did(w, 'cancel')).message).toBe(
      'R-12 stops now: the running step is told to end, nothing new begins.',
    );
    expect(w.told).toEqual([
      'request cancel R-12 by Ann',
      'cancel R-12 by Ann',
      'changed R-12',
      'acknowledge redis by Ann',
    ]);
    expect(w.written).toEqual([]);
  });

  test.each<[string, Partial<Recovery>]>([
    ['waits for its slot', { state: 'SCHEDULED' }],
    ['waits for an approval', { state: 'AWAITING_APPROVAL' }],
    ['waits for a person', { state: 'AWAITING_MANUAL' }],
    ['waits for its next attempt, or for another pool', { state: 'IN_PROGRESS', owner: null }],
  ])('ends at once what nobody holds: it %s', async (_, over) => {
    const w = world([recovery(over)]);
    const { message, view } = await did(w, 'cancel');
    expect({ message, state: view.recovery.state }).toEqual({ message: 'R-12 is cancelled.', state: 'CANCELLED' });
    expect(w.told).toEqual(['changed R-12', 'acknowledge redis by Ann']);
  });

  test('reaches also whoever took it in this very moment', async () => {
    const taken: Partial<RecoveryStore> = { commit: async () => ({ ok: false, reason: 'lost' }) };
    const w = world([recovery({ state: 'SCHEDULED' })], { store: taken });
    await did(w, 'cancel');
    expect(w.told).toContain('cancel R-12 by Ann');
  });

  test('says so when it ended in this very moment', async () => {
    const w = world([running], { store: { requestCancel: async () => undefined } });
    expect((await refusal(did(w, 'cancel'))).message).toBe('R-12 ended in this moment, so there is nothing to cancel.');
  });

  test('twice is once', async () => {
    const w = world([recovery({ state: 'IN_PROGRESS', owner: 'w1', cancelBy: 'Lee' })]);
    expect((await did(w, 'cancel')).message).toBe('R-12 is already being cancelled by Lee.');
    expect(w.told).toEqual(['acknowledge redis by Ann']);
  });

  test.each<[Partial<Recovery>, RegExp]>([
    [{ state: 'SUCCEEDED' }, /^R-12 has ended already\. It is SUCCEEDED\.$/],
    [{ state: 'ROLLING_BACK', owner: 'w1' }, /^R-12 is rolling back; that is not cancelled half way\./],
  ])('is refused in %j', async (over, message) => {
    expect((await refusal(did(world([recovery(over)]), 'cancel'))).message).toMatch(message);
  });
});

describe('what waits for a person', () => {
  const waiting = () => world([recovery({ state: 'AWAITING_MANUAL' }, [good, stuck])]);

  test.each<[Verb, string, string]>([
    ['retry', 'R-12 goes on.', 'IN_PROGRESS'],
    ['mark_done', 'R-12 goes on; the step counts as done.', 'IN_PROGRESS'],
    ['rollback', 'R-12 is being rolled back.', 'ROLLING_BACK'],
  ])('%s is written, told, and wakes a worker', async (verb, message, state) => {
    const w = waiting();
    const done = await did(w, verb);
    expect({ message: done.message, state: done.view.recovery.state }).toEqual({ message, state });
    expect(w.written).toHaveLength(1);
    expect(w.told).toEqual(['changed R-12', 'wake R-12', 'acknowledge redis by Ann']);
  });

  test('was decided on as it was seen: a change in between refuses', async () => {
    const w = world([recovery({ state: 'AWAITING_MANUAL' }, [good, stuck])], {
      store: { commit: async () => ({ ok: false, reason: 'lost' }) },
    });
    expect(await refusal(did(w, 'retry'))).toMatchObject({
      code: 'conflict',
      message: 'R-12 changed in this moment, so nothing was done. Look at it again.',
    });
  });
});

describe('what has ended', () => {
  test('is not run again by Retry: the same request makes a new one', async () => {
    const plan = aPlan({ params: { backup: 'redis_weekly' } });
    const requests: unknown[] = [];
    const old = recovery({ state: 'FAILED', plan, priority: 2 });
    const w = world([old], {
      makePlan: async (request) => {
        requests.push(request);
        return plan;
      },
    });
    expect((await did(w, 'retry')).message).toBe('R-101 is the new attempt.');
    expect(requests).toEqual([
      {
        service: 'redis',
        runbook: 'redis_outage',
        params: { backup: 'redis_weekly' },
        reason: 'retry of R-12',
        priority: 2,
      },
    ]);
    expect(w.drafts[0]).toMatchObject({ retryOf: 12 });
    expect(w.written).toEqual([]);
    expect(w.told.slice(-3)).toEqual([
      'record recovery.asked_again of R-12',
      'changed R-12',
      'acknowledge redis by Ann',
    ]);
  });

  test.each<[Verb, Partial<Recovery>, RecoveryStep]>([
    ['retry', { state: 'FAILED' }, aStep(0)],
    ['undo', { state: 'SUCCEEDED', endedAt: NOW }, aStep(0, { state: 'succeeded', startedAt: at(0), attempts: 1 })],
  ])('%s keeps the act that asked for it, so that its repetition starts nothing', async (verb, over, step) => {
    const old = aSnapshot([step], { ...over, origin: { platform: 'slack', request: 'first', owner: 'Lee' } });
    const w = world([old], { makePlan: async () => aPlan() });
    await act(12, verb, ANN, w.ports, { request: 'telegram:77' });
    expect(w.drafts.map(({ origin }) => origin)).toEqual([{ platform: 'slack', request: 'telegram:77' }]);
  });

  test('is rolled back, unless its service is being recovered anew', async () => {
    expect((await did(world([recovery({ state: 'FAILED' })]), 'rollback')).view.recovery.state).toBe('ROLLING_BACK');
    const beside = world([recovery({ state: 'FAILED' }), recovery({ id: 13, state: 'IN_PROGRESS' })]);
    expect(await refusal(did(beside, 'rollback'))).toMatchObject({
      code: 'conflict',
      message: 'redis is being recovered by R-13 (IN_PROGRESS), so R-12 cannot be rolled back now.',
    });
    expect(beside.written).toEqual([]);
  });
});

describe('facts that change no state', () => {
  test.each<[Verb, string, string]>([
    ['escalate', 'recovery.escalated', 'R-12 is escalated; the next people are told.'],
    ['ack', 'recovery.acknowledged', 'R-12 is acknowledged.'],
  ])('%s never collides with the worker', async (verb, kind, message) => {
    const w = world([recovery({ state: 'IN_PROGRESS', owner: 'w1' })]);
    expect((await did(w, verb)).message).toBe(message);
    const stops = verb === 'ack' ? ['acknowledge redis by Ann'] : [];
    expect(w.told).toEqual([`record ${kind} of R-12`, 'changed R-12', ...stops]);
    expect(w.written).toEqual([]);
  });
});

test.each<Verb>(['cancel', 'retry', 'mark_done', 'rollback', 'escalate', 'ack'])('%s takes a role', async (verb) => {
  const w = world([recovery({ state: 'AWAITING_MANUAL' }, [good, stuck])]);
  expect(await refusal(did(w, verb, who('Zoe', 'viewer', 'admin')))).toMatchObject({ code: 'forbidden' });
  expect([...w.written, ...w.told]).toEqual([]);
});

test('a recovery that is not there is named', async () => {
  expect((await refusal(act(99, 'cancel', ANN, world().ports))).message).toBe('There is no recovery R-99.');
});
