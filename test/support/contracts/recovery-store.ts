import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/engine/model/recovery.js';
import { isIntact } from '../../../src/engine/planner/digest.js';
import type { RecoveryDraft, RecoveryStore, WorkerRegistry } from '../../../src/engine/ports.js';
import { acquire } from '../../../src/engine/recovery/lease-moves.js';
import { effect, type Move, move } from '../../../src/engine/recovery/move.js';
import { cancelIdle } from '../../../src/engine/recovery/person-moves.js';
import { settle } from '../../../src/engine/recovery/settle.js';
import { begin, fail, succeed } from '../../../src/engine/recovery/step-moves.js';
import { aPlan, aPlannedStep } from '../builders.js';
import { aDraft, aWorker } from '../drafts.js';
import { eventually } from '../eventually.js';

/** A store that is empty, with two slots, and what of it no port tells. */
export interface StoreGround {
  readonly store: RecoveryStore;
  readonly registry: WorkerRegistry;
  slotsTaken(): Promise<number>;
  /** Services that are claimed. */
  claims(): Promise<string[]>;
  /** How many effects were given to be sent under keys that begin so. */
  sent(prefix: string): Promise<number>;
}

/** What every store of recoveries does. */
export function recoveryStoreContract(on: StoreGround): void {
  const now = () => new Date();
  const undoStop = () => ({ action: 'start_service', input: {}, timeoutMs: 1_000, idempotent: true });

  async function created(draft: RecoveryDraft): Promise<Snapshot> {
    const { recovery, steps } = await on.store.create(draft);
    const stored = await loaded(recovery.id);
    expect({ recovery, steps }).toEqual(stored);
    return stored;
  }

  async function loaded(id: number): Promise<Snapshot> {
    const snapshot = await on.store.load(id);
    if (!snapshot) throw new Error(`recovery ${id} is not there`);
    return snapshot;
  }

  async function committed(made: Move): Promise<Snapshot> {
    expect(await on.store.commit(made)).toMatchObject({ ok: true });
    return loaded(made.after.recovery.id);
  }

  async function finish(snapshot: Snapshot): Promise<void> {
    await committed(cancelIdle(move(snapshot), 'test', now()));
  }

  describe('a stored recovery', () => {
    test('comes back as it was asked for, and its digest holds', async () => {
      const steps = [
        aPlannedStep('a', { rollback: null }),
        aPlannedStep('b', { stage: 1, when: 'true', verify: { action: 'check_health', input: { service: 'x' } } }),
      ];
      const snapshot = await created(aDraft('intact', { reason: 'why', priority: 2 }, { steps }));
      expect(snapshot.recovery).toMatchObject({
        service: 'intact',
        state: 'SCHEDULED',
        reason: 'why',
        priority: 2,
        epoch: 0,
        owner: null,
      });
      expect(snapshot.recovery.plan).toEqual(aPlan({ service: 'intact', steps }));
      expect(isIntact(snapshot)).toBe(true);
      await finish(snapshot);
    });

    test('is the only active one of its service, however many ask at once', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => on.store.create(aDraft('once'))));
      expect(new Set(answers.map(({ recovery }) => recovery.id)).size).toBe(1);
      expect(answers.filter(({ created: made }) => made)).toHaveLength(1);
      await finish(await loaded(answers[0]?.recovery.id ?? 0));
    });
  });

  describe('among many', () => {
    test('those that wait for a slot know their places, by priority and then by age; others have none', async () => {
      const older = await created(aDraft('place-older', { priority: 5, wakeInMs: 60_000 }));
      const younger = await created(aDraft('place-younger', { priority: 5, wakeInMs: 60_000 }));
      const urgent = await created(aDraft('place-urgent', { priority: 1, wakeInMs: 60_000 }));
      const ended = await created(aDraft('place-ended', { priority: 1 }));
      await finish(ended);
      const ids = [older, younger, urgent].map(({ recovery }) => recovery.id);
      const places = await on.store.queuePlaces(...ids, ended.recovery.id);
      expect([...places.keys()].toSorted()).toEqual(ids.toSorted());
      const [first = 0, second = 0, third = 0] = [urgent, older, younger].map(({ recovery }) =>
        places.get(recovery.id),
      );
      expect(first).toBeGreaterThan(0);
      expect([second > first, third > second]).toEqual([true, true]);
      for (const one of [older, younger, urgent]) await finish(one);
      expect(await on.store.queuePlaces(...ids)).toEqual(new Map());
    });

    test('what later recoveries have begun to change is found by the services that they claimed', async () => {
      await on.registry.join(aWorker('w1'));
      const first = await created(aDraft('cache'));
      await finish(first);
      const begun = await committed(
        acquire(move(await created(aDraft('shop', { claims: ['cache', 'shop'] }))), aWorker('w1'), now()),
      );
      await created(aDraft('cache', { wakeInMs: 60_000 })).then(finish);
      const changed = (claims: string[], after: number) => on.store.list({ changed: claims, after, limit: 10 });
      const ids = async (claims: string[], after = first.recovery.id) =>
        (await changed(claims, after)).map(({ recovery }) => recovery.id);
      expect(await ids(['cache'])).toEqual([begun.recovery.id]);
      expect(await ids(['other'])).toEqual([]);
      expect(await ids(['cache'], begun.recovery.id)).toEqual([]);
      await finish(begun);
    });
  });

  describe('taking', () => {
    test('is for one worker: the epoch of the other one is too old', async () => {
      await on.registry.join(aWorker('w1'));
      const snapshot = await created(aDraft('taken'));
      const results = await Promise.all(
        ['w1', 'w2', 'w3'].map((id) => on.store.commit(acquire(move(snapshot), aWorker(id), now()))),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await on.slotsTaken()).toBe(1);
      const held = await loaded(snapshot.recovery.id);
      const late = await on.store.commit(
        begin(move({ ...held, recovery: { ...held.recovery, epoch: 0 } }), 0, {}, now()),
      );
      expect(late).toEqual({ ok: false, reason: 'lost' });
      await finish(held);
      expect(await on.slotsTaken()).toBe(0);
    });

    test('takes no slot, no claim and no step when one claim is taken', async () => {
      const holder = await committed(acquire(move(await created(aDraft('db'))), aWorker('w1'), now()));
      const other = await created(aDraft('app', { claims: ['app', 'db'] }));
      expect(await on.store.commit(begin(acquire(move(other), aWorker('w1'), now()), 0, {}, now()))).toEqual({
        ok: false,
        reason: 'busy',
      });
      expect((await loaded(other.recovery.id)).steps[0]?.state).toBe('pending');
      expect(await on.claims()).not.toContain('app');
      await finish(holder);
      const taken = await committed(begin(acquire(move(other), aWorker('w1'), now()), 0, {}, now()));
      expect(taken.steps[0]?.state).toBe('running');
      await finish(taken);
    });

    test('is offered by priority, and never more than there are free slots', async () => {
      const drafts = [9, 3, 7, 1].map((priority) => aDraft(`prio-${priority}`, { priority }));
      const made = [];
      for (const draft of drafts) made.push(await created(draft));
      const due = await on.store.due(aWorker('w1'), [], [], 20);
      expect(due.map(({ snapshot }) => snapshot.recovery.priority)).toEqual([1, 3]);
      for (const snapshot of made) await finish(snapshot);
    });

    test('passes over other pools, what is not due yet, and what others hold', async () => {
      await on.registry.join(aWorker('w-alive'));
      const other = await created(aDraft('other-pool', {}, { steps: [aPlannedStep('a', { pool: 'db-hosts' })] }));
      const later = await created(aDraft('later', { wakeInMs: 60_000 }));
      const held = await committed(acquire(move(await created(aDraft('held'))), aWorker('w-alive'), now()));
      expect(await on.store.due(aWorker('w1'), [], [], 20)).toEqual([]);
      const dead = await on.store.due(aWorker('w1'), ['w-alive'], [], 20);
      expect(dead).toMatchObject([{ snapshot: { recovery: { service: 'held' } }, previous: { id: 'w-alive' } }]);
      for (const snapshot of [other, later, held]) await finish(await loaded(snapshot.recovery.id));
    });
  });

  describe('a move', () => {
    test('is written whole: state, steps, events, effects, slot and claims', async () => {
      const draft = aDraft('whole', {}, { steps: [aPlannedStep('a'), aPlannedStep('b', { stage: 1 })] });
      let snapshot = await committed(
        begin(acquire(move(await created(draft)), aWorker('w1'), now()), 0, { pid: 4711 }, now()),
      );
      expect(snapshot.steps[0]).toMatchObject({ state: 'running', attempts: 1, before: { pid: 4711 } });
      snapshot = await committed(begin(succeed(move(snapshot), 0, { summary: 'ok' }, now()), 1, {}, now()));
      const end = settle(succeed(move(snapshot), 1, {}, now()), () => undefined, now());
      const done = await committed(effect(end, { key: 'said-once', kind: 'chat.message', payload: { text: 'x' } }));
      expect(done.recovery).toMatchObject({ state: 'SUCCEEDED', owner: null, outcome: { code: 'verified' } });
      const kinds = (await on.store.events(done.recovery.id)).map(({ kind }) => kind);
      expect(kinds).toEqual([
        'recovery.created',
        'recovery.started',
        'step.started',
        'step.succeeded',
        'step.started',
        'step.succeeded',
        'recovery.succeeded',
      ]);
      expect(await on.claims()).toEqual([]);
      expect(await on.sent('said-once')).toBe(1);
      expect(await on.slotsTaken()).toBe(0);
    });

    test('that adds undo steps stores them, and a later attempt removes them again', async () => {
      const draft = aDraft(
        'undo',
        {
          retry: { strategy: 'immediate', maxRetryAttempts: 2, initialDelayMs: 0, backoffMultiplier: 1, maxDelayMs: 0 },
        },
        { steps: [aPlannedStep('a'), aPlannedStep('b', { stage: 1 })] },
      );
      let snapshot = await committed(begin(acquire(move(await created(draft)), aWorker('w1'), now()), 0, {}, now()));
      snapshot = await committed(begin(succeed(move(snapshot), 0, {}, now()), 1, {}, now()));
      snapshot = await committed(settle(fail(move(snapshot), 1, { code: 'x', message: 'y' }, now()), undoStop, now()));
      expect(snapshot.recovery.state).toBe('ROLLING_BACK');
      expect(snapshot.steps.map(({ kind, undoes }) => [kind, undoes])).toEqual([
        ['do', null],
        ['do', null],
        ['undo', 1],
        ['undo', 0],
      ]);
      for (const position of [2, 3])
        snapshot = await committed(succeed(begin(move(snapshot), position, {}, now()), position, {}, now()));
      snapshot = await committed(settle(move(snapshot), undoStop, now()));
      expect(snapshot.recovery).toMatchObject({ state: 'SCHEDULED', attempts: 1 });
      expect(snapshot.steps.map(({ state }) => state)).toEqual(['pending', 'pending']);
      await finish(snapshot);
    });

    test('whose reply was lost is recognised as written; a real loser is not', async () => {
      const made = acquire(move(await created(aDraft('doubt'))), aWorker('w1'), now());
      expect(await on.store.commit(made)).toMatchObject({ ok: true });
      expect(await on.store.commit(made, true)).toMatchObject({ ok: true });
      expect(await on.store.commit(made)).toEqual({ ok: false, reason: 'lost' });
      expect(
        (await on.store.events(made.after.recovery.id)).filter(({ kind }) => kind === 'recovery.started'),
      ).toHaveLength(1);
      await finish(await loaded(made.after.recovery.id));
    });

    test('waits for nobody: a wish to cancel is seen by the owner in its next commit', async () => {
      const held = await committed(acquire(move(await created(aDraft('wish'))), aWorker('w1'), now()));
      await on.store.requestCancel(held.recovery.id, 'Lee');
      const result = await on.store.commit(begin(move(held), 0, {}, now()));
      expect(result).toMatchObject({ ok: true, cancelBy: 'Lee' });
      await finish(await loaded(held.recovery.id));
    });
  });

  describe('the event log of a store', () => {
    test('is followed from a cursor on: what is behind it comes once, in order', async () => {
      const { cursor } = await on.store.eventsSince(null, 0);
      await on.store.record(null, [{ kind: 'first', actor: 'x', data: {} }]);
      await on.store.record(null, [{ kind: 'second', actor: 'x', data: {} }]);
      const found = await eventually(async () => {
        const { events, cursor: behind } = await on.store.eventsSince(cursor, 10);
        const [first, second] = events.filter(({ kind }) => kind === 'first' || kind === 'second');
        return first?.kind === 'first' && second?.kind === 'second' && { first, behind };
      });
      if (!found) throw new Error('they did not come in order');
      expect((await on.store.eventsSince(found.behind, 10)).events).toEqual([]);
      const resumed = await on.store.eventsSince((await on.store.eventsSince(`#${found.first.id}`, 0)).cursor, 10);
      expect(resumed.events.map(({ kind }) => kind)).toEqual(['second']);
    });
  });
}
