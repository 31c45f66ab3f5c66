import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../../src/engine/approvals/decide.js';
import type { Seen } from '../../../../src/engine/approvals/judge.js';
import type { Approval } from '../../../../src/engine/model/approval.js';
import type { Person, Principal } from '../../../../src/engine/model/person.js';
import type { Snapshot } from '../../../../src/engine/model/recovery.js';
import type { Verdict } from '../../../../src/engine/ports.js';
import { anApproval, aSnapshot, aStep, at } from '../../../support/builders.js';

const PEOPLE: Person[] = [
  { name: 'Ann', roles: ['approver'], ids: {} },
  { name: 'Lee', roles: ['approver', 'lead'], ids: {} },
];
const LEE: Principal = { name: 'Lee', roles: ['approver', 'lead'], human: true, via: 'console' };
const NOW = at(60_000);

/** Questions in memory; `written` is what was judged, refusals included. */
function deciding(approvals: Approval[], snapshot: Snapshot = aSnapshot([aStep(0)], { state: 'AWAITING_APPROVAL' })) {
  const written: { id: string; verdict: Verdict }[] = [];
  const store = {
    approvals: async () => approvals,
    load: async (id: number) => (id === snapshot.recovery.id ? snapshot : undefined),
    async decide(id: string, judge: (approval: Approval, snapshot: Snapshot, now: Date) => Verdict) {
      const approval = approvals.find((one) => one.id === id);
      if (!approval) throw new Error(`no approval ${id}`);
      const verdict = judge(approval, snapshot, NOW);
      written.push({ id, verdict });
      return verdict;
    },
  };
  const act = (verdict: 'approve' | 'reject', seen: Seen = {}, id = 12, who = LEE) =>
    decide(id, verdict, who, seen, { store, people: PEOPLE, useWithinMs: 300_000, undoOf: () => undefined });
  return { act, written };
}

const recorded = (written: { verdict: Verdict }[]) => {
  const verdict = written[0]?.verdict;
  if (verdict?.kind !== 'recorded') throw new Error('nothing was recorded');
  return verdict;
};

describe('an approval', () => {
  test('schedules the recovery at once, to be used within five minutes', async () => {
    const { act, written } = deciding([anApproval()]);
    expect(await act('approve')).toMatchObject({ state: 'approved', stillNeeded: 0 });
    const verdict = recorded(written);
    expect(verdict).toMatchObject({
      state: 'approved',
      useBefore: at(360_000),
      decision: { principal: 'Lee', verdict: 'approve', via: 'console', at: NOW },
    });
    expect(verdict.write?.after.recovery).toMatchObject({ state: 'SCHEDULED', wakeAt: NOW });
    expect(verdict.write?.events).toMatchObject([
      { kind: 'approval.decided', actor: 'Lee', data: { state: 'approved', digest: anApproval().digest } },
    ]);
  });

  test('of a step lets that step begin, in the middle of the recovery', async () => {
    const snapshot = aSnapshot([aStep(0, { state: 'succeeded' }), aStep(1)], {
      state: 'AWAITING_APPROVAL',
      startedAt: at(0),
    });
    const { act, written } = deciding([anApproval({ id: 'q2', step: 1 })], snapshot);
    await act('approve');
    const { after } = recorded(written).write ?? { after: snapshot };
    expect(after.recovery.state).toBe('IN_PROGRESS');
    expect(after.steps.map(({ approvalId }) => approvalId)).toEqual([null, 'q2']);
  });

  test('that is not the last one changes nothing but is told', async () => {
    const { act, written } = deciding([anApproval({ need: 2 })]);
    expect(await act('approve')).toMatchObject({ state: 'pending', stillNeeded: 1 });
    const verdict = recorded(written);
    expect(verdict).toMatchObject({ state: 'pending', useBefore: null });
    expect(verdict.write?.after.recovery.state).toBe('AWAITING_APPROVAL');
  });
});

test('a reason is recorded without the secrets in it, whichever surface it came by', async () => {
  const { act, written } = deciding([anApproval()]);
  await act('approve', { reason: 'seen by Lee, password=hunter2' });
  expect(recorded(written).write?.events[0]?.data).toMatchObject({ reason: 'seen by Lee, password=•••' });
});

test('a reject is final: the recovery is cancelled, by whom is told', async () => {
  const { act, written } = deciding([anApproval()]);
  expect(await act('reject')).toMatchObject({ state: 'rejected' });
  expect(recorded(written).write?.after.recovery).toMatchObject({
    state: 'CANCELLED',
    outcome: { code: 'rejected', message: 'rejected by Lee' },
  });
});

test('a refusal is recorded too, and thrown with the reason', async () => {
  const { act, written } = deciding([anApproval({ requestedBy: 'Lee' })]);
  await expect(act('approve')).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringMatching(/^You asked for this plan.* Ann can\.$/),
  });
  expect(written).toMatchObject([
    { verdict: { kind: 'refused', event: { kind: 'approval.refused', actor: 'Lee', data: { code: 'forbidden' } } } },
  ]);
});

describe('the question that is meant', () => {
  const plan = anApproval({
    id: 'plan',
    state: 'consumed',
    decisions: [{ principal: 'Ann', roles: [], verdict: 'approve', via: 'console', at: at(0) }],
  });
  const step = anApproval({ id: 'step', step: 1, digest: 'aaaabbbb'.padEnd(64, '0') });

  test('is the open one', async () => {
    const { act, written } = deciding([plan, step]);
    await act('approve');
    expect(written[0]?.id).toBe('step');
  });

  test('is the one whose digest was seen: an old card gets the true reason', async () => {
    await expect(deciding([plan, step]).act('approve', { digest: '7f3a91c2' })).rejects.toThrow(
      'Ann approved this 1 min ago. Nothing changed.',
    );
  });

  test('is the open one among several of one digest', async () => {
    const { act, written } = deciding([{ ...step, id: 'before', state: 'consumed' }, step]);
    await act('approve', { digest: 'aaaabbbb' });
    expect(written[0]?.id).toBe('step');
  });

  test('is never another than the one that was named', async () => {
    await expect(deciding([plan, step]).act('approve', { approvalId: 'plan' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(deciding([plan, step]).act('approve', { approvalId: 'of another recovery' })).rejects.toMatchObject({
      code: 'stale',
    });
  });

  test('is none when the digest belongs to none', async () => {
    await expect(deciding([plan, step]).act('approve', { digest: 'ccccdddd' })).rejects.toMatchObject({
      code: 'stale',
    });
  });
});

test('a recovery that asks nothing, and one that is not there, are told apart', async () => {
  await expect(deciding([]).act('approve')).rejects.toMatchObject({
    code: 'conflict',
    message: 'R-12 does not wait for an approval. Nothing changed.',
  });
  await expect(deciding([]).act('approve', {}, 99)).rejects.toMatchObject({
    code: 'not_found',
    message: 'There is no recovery R-99.',
  });
});

describe('an approval that does not say what it is about', () => {
  const plan = anApproval({ id: 'plan', state: 'consumed', createdAt: at(0) });
  const step = (agoMs: number) =>
    anApproval({ id: 'step', step: 0, digest: 'ab'.repeat(32), createdAt: new Date(+NOW - agoMs) });

  test('counts for what is asked when it comes, the first question from its first moment on', async () => {
    const { act, written } = deciding([anApproval({ createdAt: NOW })]);
    await act('approve');
    expect(written[0]?.id).toBe('question-1');
  });

  test('is refused, with the digest, where another question was asked until a moment ago', async () => {
    const { act, written } = deciding([plan, step(2_999)]);
    const refused = await act('approve').catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'stale',
      facts: { digest: 'ab'.repeat(32) },
      message: expect.stringMatching(/asked something new .* not counted; .*: approve R-12 abababab\.$/),
    });
    expect(written[0]?.verdict).toMatchObject({ kind: 'refused', event: { kind: 'approval.refused' } });
  });

  test.each<[string, number, Seen]>([
    ['the new question could be seen', 3_000, {}],
    ['it names the digest', 0, { digest: 'abababab' }],
    ['it names the question', 0, { approvalId: 'step' }],
  ])('counts when %s', async (_, agoMs, seen) => {
    const { act } = deciding([plan, step(agoMs)]);
    expect(await act('approve', seen)).toMatchObject({ state: 'approved' });
  });

  test('a reject needs no such care', async () => {
    const { act } = deciding([plan, step(0)]);
    expect(await act('reject')).toMatchObject({ state: 'rejected' });
  });
});
