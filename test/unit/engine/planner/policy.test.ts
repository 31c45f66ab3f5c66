import { describe, expect, test } from '@jest/globals';
import { InvalidInput } from '../../../../src/engine/model/errors.js';
import { type ApprovalRule, DEFAULT_POLICY, decidePolicy } from '../../../../src/engine/planner/policy.js';
import { aPlan, aService, calm } from '../../../support/builders.js';

const redis = aService('redis', { criticality: 'critical' });
const ANN = { name: 'Ann', roles: ['responder'] };

const decided = (risk: number, rules: ApprovalRule[] = DEFAULT_POLICY.rules) =>
  decidePolicy({ ...DEFAULT_POLICY, rules }, aPlan({ risk }), redis, ANN);

describe('by default', () => {
  const one = { need: 1, role: 'approver', rule: 'risk < 0.7' };
  const two = { need: 2, role: 'approver', including: 'lead', rule: 'true' };

  test.each([
    [0, { need: 0, rule: 'risk < 0.3' }],
    [0.29, { need: 0, rule: 'risk < 0.3' }],
    [0.3, one],
    [0.69, one],
    [0.7, two],
    [1, two],
  ])('a risk of %d', async (risk, expected) => expect(await decided(risk)).toEqual(expected));
});

describe('a rule', () => {
  test('may ask for plan, service and requester', async () => {
    const when =
      'service.criticality == "critical" && plan.kind == "runbook" && requester.roles.exists(role, role == "responder")';
    expect(await decided(0, [{ when, need: 1 }])).toEqual({ need: 1, role: 'approver', rule: when });
  });

  test.each([
    ['freeze && "Black Friday" in freezes', true],
    ['days_since_proven > 30', true],
    ['recent_failures >= 2', true],
    ['blast_radius > 2', false],
  ])('may ask what made the risk: %s', async (when, holds) => {
    const circumstances = calm({
      freezes: [{ name: 'Black Friday', raise: 0.7, until: 'later' }],
      dependents: ['web', 'shop'],
      recentFailures: 2,
      daysSinceProven: null,
    });
    const rules = [{ when, need: 1 }, ...DEFAULT_POLICY.rules];
    const judged = await decidePolicy({ ...DEFAULT_POLICY, rules }, aPlan({ risk: 0, circumstances }), redis, ANN);
    expect(judged.need).toBe(holds ? 1 : 0);
  });

  test('takes an older plan, which says nothing of that, as calm', async () => {
    const rules = [{ when: 'freeze || days_since_proven > 0 || blast_radius > 0', need: 1 }, ...DEFAULT_POLICY.rules];
    expect((await decided(0, rules)).need).toBe(0);
  });

  test('is the first that holds', async () => {
    const rules = [
      { when: 'risk > 0.9', need: 3 },
      { when: 'risk > 0.1', need: 2 },
      { when: 'true', need: 1 },
    ];
    expect((await decided(0.5, rules)).need).toBe(2);
  });

  test.each<[string, string]>([
    ['risk', 'approvals.rules[1].when: "risk" is not allowed; expected a CEL condition that gives true or false.'],
    ['risk <', 'approvals.rules[1].when: "risk <" is not allowed; expected a CEL condition (Unexpected token: EOF).'],
    [
      'rsik < 1',
      'approvals.rules[1].when: "rsik < 1" is not allowed; expected a CEL condition (Unknown variable: rsik).',
    ],
  ])('that is no condition names itself: %s', async (when, message) => {
    const rules = [
      { when: 'false', need: 0 },
      { when, need: 0 },
    ];
    await expect(decided(0.5, rules)).rejects.toThrow(InvalidInput);
    await expect(decided(0.5, rules)).rejects.toThrow(message);
  });

  test('that never is reached cannot hurt', async () => {
    expect(
      (
        await decided(0.1, [
          { when: 'true', need: 0 },
          { when: 'nonsense(', need: 0 },
        ])
      ).need,
    ).toBe(0);
  });
});

test('no rule at all refuses, and says how to mend it', async () => {
  await expect(decided(0.5, [{ when: 'risk < 0.3', need: 0 }])).rejects.toThrow(
    'approvals.rules: "none holds" is not allowed; expected a last rule with when: "true".',
  );
});
