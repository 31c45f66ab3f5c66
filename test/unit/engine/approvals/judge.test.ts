import { describe, expect, test } from '@jest/globals';
import { judge, type Seen, shows } from '../../../../src/engine/approvals/judge.js';
import type { Approval, Decision } from '../../../../src/engine/model/approval.js';
import type { Principal, Role } from '../../../../src/engine/model/person.js';
import { anApproval, at } from '../../../support/builders.js';

const DIGEST = anApproval().digest;
const MINUTE = 60_000;

function person(name: string, ...roles: Role[]): Principal {
  return { name, roles, human: true, via: 'console' };
}

const ANN = person('Ann', 'responder', 'approver');
const LEE = person('Lee', 'responder', 'approver', 'lead');
const MAX = person('Max', 'approver');
const ZOE = person('Zoe', 'responder');

const vote = (who: Principal, verdict: Decision['verdict'] = 'approve', when = at(0)): Decision => ({
  principal: who.name,
  roles: [...who.roles],
  verdict,
  via: who.via,
  at: when,
});

interface Case {
  who: Principal;
  approval?: Partial<Approval>;
  verdict?: 'approve' | 'reject';
  seen?: Seen;
  /** Milliseconds after the question was asked. */
  after?: number;
  others?: string[];
}

const judged = ({ who, approval, verdict = 'approve', seen = {}, after = MINUTE, others = ['Lee', 'Max'] }: Case) =>
  judge(anApproval(approval), verdict, who, seen, at(after), others);

describe('counts', () => {
  const two = { need: 2, including: 'lead' as const };
  const allowed: [string, Case, { state: string; stillNeeded: number }][] = [
    ['one approver of one', { who: LEE }, { state: 'approved', stillNeeded: 0 }],
    ['the first of two', { who: LEE, approval: two }, { state: 'pending', stillNeeded: 1 }],
    [
      'two of two, the lead last',
      { who: LEE, approval: { ...two, decisions: [vote(MAX)] } },
      { state: 'approved', stillNeeded: 0 },
    ],
    [
      'two of two, the lead first',
      { who: MAX, approval: { ...two, decisions: [vote(LEE)] } },
      { state: 'approved', stillNeeded: 0 },
    ],
    [
      'two of two without a lead: a lead is still needed',
      { who: MAX, approval: { ...two, decisions: [vote(person('Kim', 'approver'))] } },
      { state: 'pending', stillNeeded: 1 },
    ],
    [
      'a lead after two others',
      { who: LEE, approval: { ...two, decisions: [vote(MAX), vote(person('Kim', 'approver'))] } },
      { state: 'approved', stillNeeded: 0 },
    ],
    ['the last millisecond', { who: LEE, after: 15 * MINUTE - 1 }, { state: 'approved', stillNeeded: 0 }],
    ['a reject by an approver', { who: MAX, verdict: 'reject' }, { state: 'rejected', stillNeeded: 0 }],
    ['a reject by whoever asked', { who: ANN, verdict: 'reject' }, { state: 'rejected', stillNeeded: 0 }],
    [
      'a reject by whoever asked, without any role',
      { who: person('Ann'), verdict: 'reject' },
      { state: 'rejected', stillNeeded: 0 },
    ],
    [
      'a reject of what another approved',
      { who: MAX, verdict: 'reject', approval: { ...two, decisions: [vote(LEE)] } },
      { state: 'rejected', stillNeeded: 0 },
    ],
    [
      'a reject by whoever answers for the program that asked',
      { who: ZOE, verdict: 'reject', approval: { requestedBy: 'token:ci', owner: 'Zoe' } },
      { state: 'rejected', stillNeeded: 0 },
    ],
    [
      'an approval of what somebody else’s program asked for',
      { who: MAX, approval: { requestedBy: 'token:ci', owner: 'Lee' } },
      { state: 'approved', stillNeeded: 0 },
    ],
    ['the full digest', { who: LEE, seen: { digest: DIGEST } }, { state: 'approved', stillNeeded: 0 }],
    ['its first 8 digits', { who: LEE, seen: { digest: '7f3a91c2' } }, { state: 'approved', stillNeeded: 0 }],
    [
      'the digest as people read it',
      { who: LEE, seen: { digest: '7F3A·91C2' } },
      { state: 'approved', stillNeeded: 0 },
    ],
  ];

  test.each(allowed)('%s', (_, given, expected) => expect(judged(given)).toEqual({ allowed: true, ...expected }));
});

describe('is refused, with the way out', () => {
  const stale =
    'R-12 asks about another plan than that card showed: it changed. Your decision was not counted; look at R-12 as it is now.';
  const refused: [string, Case, string, string][] = [
    [
      'whoever asked',
      { who: ANN },
      'forbidden',
      'You asked for this plan, so someone else must approve it. Lee and Max can.',
    ],
    [
      'whoever asked, when one other can',
      { who: ANN, others: ['Lee'] },
      'forbidden',
      'You asked for this plan, so someone else must approve it. Lee can.',
    ],
    [
      'whoever asked, when nobody else can',
      { who: ANN, others: [] },
      'forbidden',
      'You asked for this plan, so someone else must approve it. Nobody else in the configuration can: give someone the role.',
    ],
    [
      'whoever answers for the program that asked',
      { who: LEE, approval: { requestedBy: 'token:ci', owner: 'Lee' }, others: ['Max'] },
      'forbidden',
      'Your token:ci asked for this plan, so someone else must approve it. Max can.',
    ],
    [
      'somebody without the role',
      { who: ZOE, others: ['Kim', 'Lee', 'Max'] },
      'forbidden',
      'You are not an approver, so your decision on R-12 does not count. Kim, Lee and Max can.',
    ],
    [
      'a reject by somebody without the role',
      { who: ZOE, verdict: 'reject' },
      'forbidden',
      'You are not an approver, so your decision on R-12 does not count. Lee and Max can.',
    ],
    [
      'a lead who is no approver: roles imply nothing',
      { who: person('Kim', 'lead') },
      'forbidden',
      'You are not an approver, so your decision on R-12 does not count. Lee and Max can.',
    ],
    [
      'an approver where a lead is asked',
      { who: MAX, approval: { role: 'lead' }, others: ['Lee'] },
      'forbidden',
      'You are not a lead, so your decision on R-12 does not count. Lee can.',
    ],
    ['another digest', { who: LEE, seen: { digest: '7f3a91c3' } }, 'stale', stale],
    ['another full digest', { who: LEE, seen: { digest: DIGEST.replace(/0$/, '1') } }, 'stale', stale],
    ['a digest too short to mean one plan', { who: LEE, seen: { digest: '7f3a91c' } }, 'stale', stale],
    ['a digest of nothing but its dot', { who: LEE, seen: { digest: '·' } }, 'stale', stale],
    ['a digest that goes on beyond the true one', { who: LEE, seen: { digest: `${DIGEST}0` } }, 'stale', stale],
    [
      'a repeated vote',
      { who: LEE, approval: { need: 2, decisions: [vote(LEE)] } },
      'conflict',
      'You approved R-12 1 min ago. Nothing changed.',
    ],
    [
      'a reject after an approval of one’s own',
      { who: LEE, verdict: 'reject', approval: { need: 2, decisions: [vote(LEE)] } },
      'conflict',
      'You approved R-12 1 min ago. Nothing changed; cancel R-12 to stop it.',
    ],
    [
      'the very millisecond of expiry',
      { who: LEE, after: 15 * MINUTE },
      'expired',
      'The question about R-12 expired 0.0 s ago. Nothing changed; retry R-12 to be asked anew.',
    ],
    [
      'an expired question',
      { who: LEE, after: 17 * MINUTE, approval: { state: 'expired' } },
      'expired',
      'The question about R-12 expired 2 min ago. Nothing changed; retry R-12 to be asked anew.',
    ],
    [
      'a question that expired half decided',
      { who: LEE, after: 17 * MINUTE, approval: { state: 'expired', need: 2, decisions: [vote(MAX)] } },
      'expired',
      'The question about R-12 expired 2 min ago. Nothing changed; retry R-12 to be asked anew.',
    ],
    [
      'a decision that was not used in time',
      {
        who: LEE,
        after: 8 * MINUTE,
        approval: { state: 'expired', decisions: [vote(MAX)], useBefore: at(6 * MINUTE) },
      },
      'expired',
      'The question about R-12 expired 2 min ago. Nothing changed; retry R-12 to be asked anew.',
    ],
    [
      'what is approved',
      { who: LEE, after: 12_000, approval: { state: 'approved', decisions: [vote(MAX)] } },
      'conflict',
      'Max approved this 12.0 s ago. Nothing changed.',
    ],
    [
      'what is approved and running',
      { who: LEE, after: 12_000, approval: { state: 'consumed', decisions: [vote(MAX)] } },
      'conflict',
      'Max approved this 12.0 s ago. Nothing changed.',
    ],
    [
      'what is rejected, by whom it was',
      {
        who: LEE,
        after: 3 * MINUTE,
        approval: { state: 'rejected', need: 2, decisions: [vote(LEE), vote(MAX, 'reject', at(MINUTE))] },
      },
      'conflict',
      'Max rejected this 2 min ago. Nothing changed.',
    ],
    [
      'a withdrawn question',
      { who: LEE, approval: { state: 'superseded' } },
      'conflict',
      'That question about R-12 was withdrawn or replaced by a newer one. Nothing changed; look at R-12 as it is now.',
    ],
    [
      'a closed question that nobody decided',
      { who: LEE, approval: { state: 'consumed' } },
      'conflict',
      'The question about R-12 is closed (consumed). Nothing changed.',
    ],
  ];

  test.each(refused)('%s', (_, given, code, message) =>
    expect(judged(given)).toMatchObject({ allowed: false, code, message }),
  );
});

test('nobody counts twice, also not by another platform', () => {
  const decisions = [vote({ ...LEE, via: 'slack' })];
  expect(judged({ who: { ...LEE, via: 'telegram' }, approval: { need: 2, decisions } })).toMatchObject({
    allowed: false,
    code: 'conflict',
  });
});

test('a digest is shown by 8 of its digits or more, with or without the dot', () => {
  expect(shows({ digest: DIGEST }, '7f3a·91c2')).toBe(true);
  expect(shows({ digest: DIGEST }, DIGEST.toUpperCase())).toBe(true);
  expect(shows({ digest: DIGEST }, '')).toBe(false);
});
