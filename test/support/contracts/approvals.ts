import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/engine/approvals/decide.js';
import { question } from '../../../src/engine/approvals/question.js';
import type { Principal } from '../../../src/engine/model/person.js';
import type { Snapshot } from '../../../src/engine/model/recovery.js';
import { acquire } from '../../../src/engine/recovery/lease-moves.js';
import { move } from '../../../src/engine/recovery/move.js';
import { cancelIdle, expireApproval } from '../../../src/engine/recovery/person-moves.js';
import { aPlan } from '../builders.js';
import { aDraft, aWorker } from '../drafts.js';
import { eventually } from '../eventually.js';
import type { StoreGround } from './recovery-store.js';

export const people = [
  { name: 'Ann', roles: ['responder', 'approver'] as const, ids: {} },
  { name: 'Lee', roles: ['approver', 'lead'] as const, ids: {} },
  { name: 'Max', roles: ['approver'] as const, ids: {} },
  { name: 'Eva', roles: ['approver'] as const, ids: {} },
].map((person) => ({ ...person, roles: [...person.roles] }));

export function as(name: string, via = 'console'): Principal {
  const person = people.find((candidate) => candidate.name === name);
  return { name, roles: person?.roles ?? [], human: true, via };
}

/** What every store does with questions to people. */
export function approvalsContract(on: StoreGround): void {
  const now = () => new Date();
  let services = 0;

  async function asked(policy: { need: number; including?: string }, expiresInMs = 900_000): Promise<Snapshot> {
    services += 1;
    const service = `asked-${services}`;
    const plan = aPlan({ service, policy: { role: 'approver', rule: 'true', ...policy } });
    const approval = question(plan.policy, plan.digest, null, expiresInMs);
    const { recovery } = await on.store.create({
      ...aDraft(service),
      plan,
      state: 'AWAITING_APPROVAL',
      approval,
      wakeInMs: expiresInMs,
    });
    return loaded(recovery.id);
  }

  async function loaded(id: number): Promise<Snapshot> {
    const snapshot = await on.store.load(id);
    if (!snapshot) throw new Error('gone');
    return snapshot;
  }

  function vote(snapshot: Snapshot, who: Principal, verdict: 'approve' | 'reject' = 'approve', useWithinMs = 300_000) {
    return decide(
      snapshot.recovery.id,
      verdict,
      who,
      { digest: snapshot.recovery.planDigest.slice(0, 8) },
      { store: on.store, people, useWithinMs, undoOf: () => undefined },
    );
  }

  async function timeIsOver({ recovery }: Snapshot): Promise<void> {
    await eventually(async () => {
      const [approval] = await on.store.approvals(recovery.id);
      const until = approval?.useBefore ?? approval?.expiresAt ?? now();
      // A moment more, since the clock is the store's.
      return until.getTime() + 20 < Date.now();
    });
  }

  async function outcome(promise: Promise<unknown>): Promise<string> {
    return promise.then(
      () => 'counted',
      (error: { code?: string }) => error.code ?? String(error),
    );
  }

  describe('the race table', () => {
    test('one person twice, also on two platforms: one decision', async () => {
      const snapshot = await asked({ need: 2 });
      const outcomes = await Promise.all([
        outcome(vote(snapshot, as('Lee', 'slack'))),
        outcome(vote(snapshot, as('Lee', 'telegram'))),
      ]);
      expect(outcomes.sort()).toEqual(['conflict', 'counted']);
      expect((await on.store.approvals(snapshot.recovery.id))[0]?.decisions).toHaveLength(1);
    });

    test('two approvers in the same moment where one is needed: one wins, the other is told who', async () => {
      const snapshot = await asked({ need: 1 });
      const results = await Promise.allSettled([vote(snapshot, as('Lee')), vote(snapshot, as('Max'))]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = results.find((result) => result.status === 'rejected');
      expect(String(refused?.reason)).toMatch(/(Lee|Max) approved this .* ago\. Nothing changed\./);
      expect((await loaded(snapshot.recovery.id)).recovery.state).toBe('SCHEDULED');
    });

    test('ten approvers at once never make more decisions than the quorum', async () => {
      const snapshot = await asked({ need: 2 });
      await Promise.all(['Lee', 'Max', 'Eva', 'Lee', 'Max', 'Eva'].map((name) => outcome(vote(snapshot, as(name)))));
      expect((await on.store.approvals(snapshot.recovery.id))[0]).toMatchObject({
        state: 'approved',
        decisions: { length: 2 },
      });
    });

    test('approve against reject: the first that is stored wins', async () => {
      const snapshot = await asked({ need: 1 });
      const outcomes = await Promise.all([
        outcome(vote(snapshot, as('Lee'))),
        outcome(vote(snapshot, as('Max'), 'reject')),
      ]);
      expect(outcomes.filter((one) => one === 'counted')).toHaveLength(1);
      const [approval] = await on.store.approvals(snapshot.recovery.id);
      const { recovery } = await loaded(snapshot.recovery.id);
      expect([approval?.state, recovery.state]).toEqual(
        approval?.state === 'approved' ? ['approved', 'SCHEDULED'] : ['rejected', 'CANCELLED'],
      );
    });

    test('a quorum of two that must include a lead is not met by two others', async () => {
      const snapshot = await asked({ need: 2, including: 'lead' });
      expect(await vote(snapshot, as('Max'))).toMatchObject({ state: 'pending', stillNeeded: 1 });
      expect(await vote(snapshot, as('Eva'))).toMatchObject({ state: 'pending', stillNeeded: 1 });
      expect(await vote(snapshot, as('Lee'))).toMatchObject({ state: 'approved' });
    });

    test('the requester, a stale digest and a person without the role are refused, and each refusal is recorded', async () => {
      const snapshot = await asked({ need: 1 });
      expect(await outcome(vote(snapshot, as('Ann')))).toBe('forbidden');
      expect(
        await outcome(vote({ ...snapshot, recovery: { ...snapshot.recovery, planDigest: 'ffffffffffff' } }, as('Lee'))),
      ).toBe('stale');
      expect(await outcome(vote(snapshot, as('Bob')))).toBe('forbidden');
      const refused = (await on.store.events(snapshot.recovery.id)).filter(({ kind }) => kind === 'approval.refused');
      expect(refused.map(({ actor }) => actor)).toEqual(['Ann', 'Lee', 'Bob']);
      expect((await loaded(snapshot.recovery.id)).recovery).toMatchObject({ state: 'AWAITING_APPROVAL', revision: 0 });
    });

    test('undecided in time: the decision does not count, and the recovery is offered for expiry', async () => {
      const snapshot = await asked({ need: 1 }, 1);
      await timeIsOver(snapshot);
      expect(await outcome(vote(snapshot, as('Lee')))).toBe('expired');
      const due = await on.store.due(aWorker('w'), [], [], 50);
      expect(due.map(({ snapshot: one }) => one.recovery.id)).toContain(snapshot.recovery.id);
      expect(await on.store.commit(expireApproval(move(snapshot), now()))).toMatchObject({ ok: true });
      const { recovery } = await loaded(snapshot.recovery.id);
      expect(recovery).toMatchObject({ state: 'CANCELLED', outcome: { code: 'approval_expired' } });
      expect(await on.sent(`escalation:R-${recovery.id}:`)).toBe(1);
    });

    test('decided but unused in time: it cannot be consumed', async () => {
      const snapshot = await asked({ need: 1 });
      await vote(snapshot, as('Lee'), 'approve', 1);
      await timeIsOver(snapshot);
      await on.registry.join(aWorker('w'));
      const start = acquire(move(await loaded(snapshot.recovery.id)), aWorker('w'), now());
      expect(await on.store.commit(start)).toEqual({ ok: false, reason: 'unapproved' });
      expect((await loaded(snapshot.recovery.id)).recovery).toMatchObject({ state: 'SCHEDULED', owner: null });
      await on.store.commit(cancelIdle(move(await loaded(snapshot.recovery.id)), 'test', now()));
    });

    test('approve against expiry in the same moment: one of them, and what the other one did leaves no trace', async () => {
      for (let round = 0; round < 10; round++) {
        const snapshot = await asked({ need: 1 });
        const expiring = on.store.commit(expireApproval(move(snapshot), now()));
        const [voted, expired] = await Promise.all([outcome(vote(snapshot, as('Lee'))), expiring]);
        const { recovery } = await loaded(snapshot.recovery.id);
        const [approval] = await on.store.approvals(snapshot.recovery.id);
        expect([voted === 'counted', expired.ok, recovery.state, approval?.state]).toEqual(
          expired.ok ? [false, true, 'CANCELLED', 'expired'] : [true, false, 'SCHEDULED', 'approved'],
        );
        if (!expired.ok) await on.store.commit(cancelIdle(move(await loaded(recovery.id)), 'test', now()));
      }
    });

    test('approved, and taken by two workers in the same moment: one of them runs it', async () => {
      const snapshot = await asked({ need: 1 });
      await vote(snapshot, as('Lee'));
      const approved = await loaded(snapshot.recovery.id);
      const workers = [aWorker('one'), aWorker('two')];
      for (const worker of workers) await on.registry.join(worker);
      const taken = await Promise.all(workers.map((worker) => on.store.commit(acquire(move(approved), worker, now()))));
      expect(taken.filter(({ ok }) => ok)).toHaveLength(1);
      const { recovery } = await loaded(snapshot.recovery.id);
      expect(recovery).toMatchObject({ state: 'IN_PROGRESS', epoch: approved.recovery.epoch + 1 });
      expect((await on.store.approvals(recovery.id))[0]?.state).toBe('consumed');
    });

    test('a decision after a reject changes nothing: decided is for ever', async () => {
      const snapshot = await asked({ need: 1 });
      await vote(snapshot, as('Max'), 'reject');
      expect(await outcome(vote(snapshot, as('Lee')))).toBe('conflict');
      expect((await loaded(snapshot.recovery.id)).recovery.state).toBe('CANCELLED');
    });
  });
}
