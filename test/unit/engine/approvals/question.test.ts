import { describe, expect, test } from '@jest/globals';
import { mayDecide, question } from '../../../../src/engine/approvals/question.js';
import type { Person } from '../../../../src/engine/model/person.js';
import { anApproval, T0 } from '../../../support/builders.js';

const PEOPLE: Person[] = [
  { name: 'Ann', roles: ['responder', 'approver'], ids: {} },
  { name: 'Lee', roles: ['approver', 'lead'], ids: {} },
  { name: 'Max', roles: ['approver'], ids: {} },
  { name: 'Zoe', roles: ['responder'], ids: {} },
];

describe('a question', () => {
  test('asks what the policy says', () => {
    const policy = { need: 2, role: 'approver', including: 'lead', rule: 'true' };
    expect(question(policy, 'abc', null, 900_000)).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      step: null,
      digest: 'abc',
      need: 2,
      role: 'approver',
      including: 'lead',
      expiresInMs: 900_000,
    });
  });

  test('about a step needs a person, also where the policy needs none for the plan', () => {
    expect(question({ need: 0, rule: 'risk < 0.3' }, 'abc', 3, 1)).toMatchObject({
      step: 3,
      need: 1,
      role: 'approver',
      including: null,
    });
  });

  test('has an id that nobody can guess', () => {
    const ids = Array.from({ length: 100 }, () => question({ need: 1, rule: '' }, '', null, 1).id);
    expect(new Set(ids).size).toBe(100);
  });
});

describe('may decide', () => {
  test('who has the role and did not ask', () => expect(mayDecide(anApproval(), PEOPLE)).toEqual(['Lee', 'Max']));

  test('who does not answer for the program that asked', () =>
    expect(mayDecide(anApproval({ requestedBy: 'token:ci', owner: 'Lee' }), PEOPLE)).not.toContain('Lee'));

  test('who has not decided yet', () => {
    const decisions = [{ principal: 'Lee', roles: [], verdict: 'approve' as const, via: 'console', at: T0 }];
    expect(mayDecide(anApproval({ need: 2, decisions }), PEOPLE)).toEqual(['Max']);
  });
});
