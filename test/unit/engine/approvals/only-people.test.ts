import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../../src/engine/approvals/decide.js';
import { judge } from '../../../../src/engine/approvals/judge.js';
import type { Approval } from '../../../../src/engine/model/approval.js';
import type { Person, Principal, Role } from '../../../../src/engine/model/person.js';
import type { Verdict } from '../../../../src/engine/ports.js';
import { anApproval, aSnapshot, aStep, at } from '../../../support/builders.js';

const NOW = at(60_000);
const ALL: Role[] = ['responder', 'approver', 'lead'];
const PEOPLE: Person[] = [
  { name: 'Lee', roles: ['approver', 'lead'], ids: {} },
  { name: 'Vic', roles: ['viewer'], ids: {} },
];
const token = (name: string, human: boolean, roles = ALL): Principal => ({ name, roles, human, via: 'api' });

async function written(who: Principal, seen = {}, verdict: 'approve' | 'reject' = 'approve'): Promise<Verdict[]> {
  const approval = anApproval();
  const found: Verdict[] = [];
  const store = {
    approvals: async () => [approval],
    load: async () => undefined,
    async decide(_: string, judged: (a: Approval, s: ReturnType<typeof aSnapshot>, now: Date) => Verdict) {
      const one = judged(approval, aSnapshot([aStep(0)], { state: 'AWAITING_APPROVAL' }), NOW);
      found.push(one);
      return one;
    },
  };
  await decide(12, verdict, who, seen, { store, people: PEOPLE, useWithinMs: 300_000, undoOf: () => undefined }).catch(
    () => undefined,
  );
  return found;
}

describe('only people of the configuration decide', () => {
  test('a token without a person approves nothing, whatever roles it has', () => {
    expect(judge(anApproval(), 'approve', token('token:ci', false), {}, NOW, ['Lee'])).toMatchObject({
      allowed: false,
      code: 'forbidden',
      message: 'Only people can decide, and this is the token of no person. Lee can.',
    });
  });

  test('it may take back what it asked for, and reject nothing else', () => {
    const own = anApproval({ requestedBy: 'token:ci' });
    expect(judge(own, 'reject', token('token:ci', false), {}, NOW, []).allowed).toBe(true);
    expect(judge(anApproval(), 'reject', token('token:ci', false), {}, NOW, []).allowed).toBe(false);
  });

  test.each([
    ['a person with fewer roles than the token', 'Vic'],
    ['a person who is no longer in the configuration', 'Ghost'],
  ])('the token of %s decides nothing', async (_, name) => {
    const [verdict] = await written(token(name, true));
    expect(verdict).toMatchObject({ kind: 'refused', code: 'forbidden', event: { actor: name } });
  });

  test('what counts are the roles that both the login and the person have', async () => {
    const [verdict] = await written(token('Lee', true, ['approver', 'admin']));
    expect(verdict).toMatchObject({ kind: 'recorded', decision: { principal: 'Lee', roles: ['approver'] } });
  });
});

test('an empty digest is a digest that nothing has, not none', async () => {
  expect(await written(token('Lee', true), { digest: '' })).toMatchObject([{ kind: 'refused', code: 'stale' }]);
});

test('why somebody decided so is kept with the decision', async () => {
  const [verdict] = await written(token('Lee', true), { reason: 'not at night' }, 'reject');
  if (verdict?.kind !== 'recorded') throw new Error('not recorded');
  expect(verdict.write?.events).toContainEqual(
    expect.objectContaining({
      kind: 'approval.decided',
      data: expect.objectContaining({ verdict: 'reject', reason: 'not at night' }),
    }),
  );
});
