import { describe, expect, test } from '@jest/globals';
import type { EnginePorts } from '../../../../src/engine/create-engine.js';
import type { Verb } from '../../../../src/engine/engine.js';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { Recovery, RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { move } from '../../../../src/engine/recovery/move.js';
import { cancelIdle, markDone, retry, rollBackBy } from '../../../../src/engine/recovery/person-moves.js';
import type { UndoOf } from '../../../../src/engine/recovery/undo.js';
import { verbsFor, viewOf, viewsOf } from '../../../../src/engine/use-cases/view.js';
import { anApproval, aSnapshot, aStep, at } from '../../../support/builders.js';
import { anIncident, NOW, refusal, world } from './memory-ports.js';

const undoOf: UndoOf = () => ({ action: 'start_service', input: {}, timeoutMs: 1, idempotent: true });
const ran = { startedAt: at(0), attempts: 1 };
const good = aStep(0, { ...ran, state: 'succeeded' });
const unknown = aStep(1, { ...ran, state: 'unknown' });
const undo = (over: Partial<RecoveryStep> = {}) => aStep(1, { kind: 'undo', undoes: 0, ...over });

const CASES: [string, Partial<Recovery>, RecoveryStep[], Verb[]][] = [
  ['in the queue', { state: 'SCHEDULED' }, [aStep(0)], ['cancel']],
  ['waiting for approval', { state: 'AWAITING_APPROVAL' }, [aStep(0)], ['cancel']],
  ['running', { state: 'IN_PROGRESS' }, [good, aStep(1)], ['cancel']],
  ['being cancelled', { state: 'IN_PROGRESS', owner: 'w1', cancelBy: 'Ann' }, [good, aStep(1)], []],
  ['let go of while being cancelled', { state: 'AWAITING_APPROVAL', cancelBy: 'Ann' }, [good, aStep(1)], ['cancel']],
  ['stuck', { state: 'AWAITING_MANUAL' }, [good, unknown], ['retry', 'mark_done', 'rollback', 'escalate', 'cancel']],
  ['waiting for a person to begin', { state: 'AWAITING_MANUAL' }, [aStep(0)], ['retry', 'escalate', 'cancel']],
  [
    'waiting, though nothing is stuck but what was kept going past',
    { state: 'AWAITING_MANUAL' },
    [aStep(0, { ...ran, state: 'failed', onFailure: 'continue' }), aStep(1)],
    ['retry', 'rollback', 'escalate', 'cancel'],
  ],
  ['rolling back', { state: 'ROLLING_BACK' }, [good, undo()], ['escalate']],
  [
    'stuck in a rollback',
    { state: 'AWAITING_MANUAL' },
    [good, undo({ ...ran, state: 'unknown' })],
    ['retry', 'mark_done', 'escalate'],
  ],
  ['succeeded', { state: 'SUCCEEDED' }, [good], ['undo']],
  ['cancelled half way', { state: 'CANCELLED' }, [good, aStep(1)], ['retry', 'rollback', 'escalate']],
  ['cancelled before it began', { state: 'CANCELLED' }, [aStep(0)], ['retry', 'escalate']],
  ['failed', { state: 'FAILED' }, [good, aStep(1, { ...ran, state: 'failed' })], ['retry', 'rollback', 'escalate']],
  ['failed to roll back', { state: 'FAILED' }, [good, undo({ ...ran, state: 'failed' })], ['retry', 'escalate']],
  ['rolled back', { state: 'ROLLED_BACK' }, [good, undo({ ...ran, state: 'succeeded' })], ['retry', 'escalate']],
];

describe('offered is what makes sense', () => {
  test.each(CASES)('%s', (_, over, steps, verbs) => expect(verbsFor(aSnapshot(steps, over), undoOf)).toEqual(verbs));

  const moves: Partial<Record<Verb, (snapshot: ReturnType<typeof aSnapshot>) => unknown>> = {
    retry: (snapshot) => snapshot.recovery.state === 'AWAITING_MANUAL' && retry(move(snapshot), 'Ann', NOW),
    mark_done: (snapshot) => markDone(move(snapshot), 'Ann', NOW),
    rollback: (snapshot) => rollBackBy(move(snapshot), 'Ann', undoOf, NOW),
    cancel: (snapshot) => cancelIdle(move(snapshot), 'Ann', NOW),
  };

  test.each(CASES)('and is not refused then: %s', (_, over, steps, verbs) => {
    for (const verb of verbs) expect(() => moves[verb]?.(aSnapshot(steps, over))).not.toThrow();
  });

  test('what is not offered for a stuck or ended one would be refused', () => {
    for (const [, over, steps, verbs] of CASES.filter(
      ([, { state }]) => state === 'AWAITING_MANUAL' || state === 'FAILED',
    ))
      for (const verb of ['mark_done', 'rollback', 'cancel'] as const)
        if (!verbs.includes(verb)) expect(() => moves[verb]?.(aSnapshot(steps, over))).toThrow(UserError);
  });
});

describe('a view', () => {
  const waiting = aSnapshot([aStep(0)], { state: 'AWAITING_APPROVAL' });
  const people = [
    { name: 'Ann', roles: ['approver' as const], ids: {} },
    { name: 'Lee', roles: ['approver' as const], ids: {} },
  ];

  test('tells who may decide the open question', async () => {
    const { ports } = world([waiting], { people, store: { approvals: async () => [anApproval()] } });
    expect(await viewOf(12, ports)).toMatchObject({ mayApprove: ['Lee'], approvals: [anApproval()], at: NOW });
  });

  test('tells nobody when nothing is open', async () => {
    const { ports } = world([waiting], {
      people,
      store: { approvals: async () => [anApproval({ state: 'expired' })] },
    });
    expect((await viewOf(12, ports)).mayApprove).toEqual([]);
  });

  test('tells the place in the queue only while it waits for its turn', async () => {
    const place = { queuePlaces: async (...ids: number[]) => new Map(ids.map((id) => [id, 3])) };
    expect(await viewOf(12, world([aSnapshot()], { store: place }).ports)).toMatchObject({ queuePlace: 3 });
    expect(await viewOf(12, world([waiting], { store: place }).ports)).not.toHaveProperty('queuePlace');
  });

  test('of a recovery that is not there is refused', async () => {
    expect(await refusal(viewOf(99, world().ports))).toMatchObject({
      code: 'not_found',
      message: 'There is no recovery R-99.',
    });
  });
});

describe('while it waits to be approved, the view says', () => {
  const waiting = { id: 12, state: 'AWAITING_APPROVAL', incidentId: 3 } as const;
  const health = { service: 'redis', detail: '', consecutiveFailures: 0 };
  const resolved = { get: async () => anIncident({ state: 'resolved', resolvedAt: at(40_000) }) };
  const seen = async (
    over: Partial<Recovery>,
    incidents: Partial<EnginePorts['incidents']> = { get: async () => anIncident() },
    step: Partial<RecoveryStep> = {},
  ) => {
    const replaced = {
      id: 11,
      state: 'CANCELLED',
      outcome: { code: 'plan_changed', message: 'the plan changed: redis runs' },
    } as const;
    const snapshots = [aSnapshot([aStep(0, step)], { ...waiting, ...over }), aSnapshot([aStep(0)], replaced)];
    return viewOf(12, world(snapshots, { incidents }).ports);
  };

  test('which one it replaces, and what had changed', async () => {
    expect((await seen({ retryOf: 11 })).replaces).toEqual({ recovery: 11, why: 'redis runs' });
    expect((await seen({ retryOf: null })).replaces).toBeUndefined();
  });

  test('the old one names the new one, and does not offer to try again what was tried', async () => {
    const old = aSnapshot([aStep(0)], { id: 11, state: 'CANCELLED' });
    const next = aSnapshot([aStep(0)], { id: 12, state: 'AWAITING_APPROVAL', retryOf: 11 });
    const view = await viewOf(11, world([old, next]).ports);
    expect(view.successor).toBe(12);
    expect(view.verbs).not.toContain('retry');
    expect((await viewOf(11, world([old]).ports)).verbs).toContain('retry');
  });

  test('since when its incident is over', async () => {
    expect((await seen({}, resolved)).wellSince).toEqual(at(40_000));
    expect((await seen({})).wellSince).toBeUndefined();
  });

  test('nothing of that while the service is ill again', async () => {
    expect((await seen({}, { ...resolved, openFor: async () => anIncident() })).wellSince).toBeUndefined();
  });

  test.each([
    ['that its service became well', 'healthy', at(50_000), at(50_000)],
    ['nothing of a service that was well all the time', 'healthy', at(-50_000), undefined],
    ['nothing of one that is ill', 'unhealthy', at(50_000), undefined],
  ] as const)('without an incident: %s', async (_, status, since, wellSince) => {
    const view = await seen({ incidentId: null }, { health: async () => [{ ...health, status, since }] });
    expect(view.wellSince).toEqual(wellSince);
  });

  test('nothing of that once something has run, or when it waits for nobody', async () => {
    expect((await seen({}, resolved, { startedAt: at(0) })).wellSince).toBeUndefined();
    expect((await seen({ state: 'SCHEDULED' }, resolved)).wellSince).toBeUndefined();
  });
});

describe('many that are shown together', () => {
  const states = ['SCHEDULED', 'CANCELLED', 'FAILED', 'SUCCEEDED', 'ROLLED_BACK'] as const;
  const snapshots = Array.from({ length: 50 }, (_, n) =>
    aSnapshot([aStep(0)], { id: n + 1, state: states[n % states.length], retryOf: n % 7 === 6 ? n - 5 : null }),
  );
  const { ports: simple } = world(snapshots);
  const asked: string[] = [];
  const seen =
    <A extends unknown[], R>(what: string, ask: (...args: A) => R) =>
    (...args: A): R => {
      asked.push(what);
      return ask(...args);
    };
  const ports = {
    ...simple,
    store: {
      ...simple.store,
      approvals: seen('approvals', simple.store.approvals),
      queuePlaces: seen('places', async (...ids: number[]) => new Map(ids.map((id) => [id, id * 2]))),
    },
    feedback: { ...simple.feedback, of: seen('feedback', simple.feedback.of) },
    history: { ...simple.history, successors: seen('successors', simple.history.successors) },
    escalations: { ...simple.escalations, ofRecoveries: seen('escalations', simple.escalations.ofRecoveries) },
  };

  test('cost one question of a kind, and each is as it is alone', async () => {
    const views = await viewsOf(snapshots, ports);
    expect(asked.toSorted()).toEqual(['approvals', 'escalations', 'feedback', 'places', 'successors']);
    expect(views.filter(({ successor }) => successor !== undefined).length).toBeGreaterThan(2);
    expect(views).toEqual(await Promise.all(snapshots.map(({ recovery }) => viewOf(recovery.id, ports))));
  });
});
