import { expect, test } from '@jest/globals';
import { judge } from '../../../../src/engine/approvals/judge.js';
import { asHeldNow, lostQuorum } from '../../../../src/engine/approvals/still-held.js';
import type { Decision } from '../../../../src/engine/model/approval.js';
import type { Person } from '../../../../src/engine/model/person.js';
import { anApproval, at } from '../../../support/builders.js';

const vote = (principal: string, roles: Decision['roles'], over: Partial<Decision> = {}): Decision => ({
  principal,
  roles,
  verdict: 'approve',
  via: 'console',
  at: at(0),
  ...over,
});
const people = (lee: Person['roles']): Person[] => [
  { name: 'Lee', roles: lee, ids: {} },
  { name: 'Max', roles: ['approver'], ids: {} },
];
const MAX = { name: 'Max', roles: ['approver' as const], human: true, via: 'console' };
const asked = anApproval({ need: 2, including: 'lead', decisions: [vote('Lee', ['approver', 'lead'])] });

test('the first of two votes counts as long as its voter has the roles', () => {
  const judged = (lee: Person['roles']) => judge(asHeldNow(asked, people(lee)), 'approve', MAX, {}, at(1_000), []);
  expect(judged(['approver', 'lead'])).toMatchObject({ allowed: true, state: 'approved' });
  expect(judged(['approver'])).toMatchObject({ allowed: true, state: 'pending', stillNeeded: 1 });
  expect(judged([])).toMatchObject({ allowed: true, state: 'pending', stillNeeded: 1 });
});

test('a quorum is lost with the role of one of its voters, who is named', () => {
  const decided = { ...asked, decisions: [...asked.decisions, vote('Max', ['approver'])] };
  expect(lostQuorum(decided, people(['approver', 'lead']))).toBeUndefined();
  expect(lostQuorum(decided, people(['approver']))).toBe('Lee');
  expect(lostQuorum(decided, people([]))).toBe('Lee');
  // Without people in the configuration the logins alone say who is who.
  expect(lostQuorum(decided, [])).toBeUndefined();
});

test('what a group of the platform gave counts as it was when they voted', () => {
  const given = anApproval({ decisions: [vote('slack:U7', ['approver'], { byGroup: ['approver'] })] });
  expect(lostQuorum(given, people([]))).toBeUndefined();
});
