import { describe, expect, test } from '@jest/globals';
import { whatChanged } from '../../../../src/engine/approvals/what-changed.js';
import type { Plan, TargetState } from '../../../../src/engine/model/plan.js';
import { aPlan, aPlannedStep } from '../../../support/builders.js';

const redisIs = (status: string): TargetState => ({ service: 'redis', runtime: 'process', status, facts: {} });
const STEPS = [
  aPlannedStep('stop', { name: 'Stop redis' }),
  aPlannedStep('restore', { name: 'Restore backup of 04:15' }),
];
const shown = aPlan({ steps: STEPS });
const now = (over: Partial<Plan>) => whatChanged(shown, aPlan({ steps: STEPS, ...over }));
const second = (over: Parameters<typeof aPlannedStep>[1]) => [
  aPlannedStep('stop', { name: 'Stop redis' }),
  aPlannedStep('restore', { name: 'Restore backup of 04:15', ...over }),
];

describe('a question is as fresh as it was', () => {
  test('while nothing changed', () => expect(now({})).toBeUndefined());
  test('whatever is said of history', () => expect(now({ explanation: 'worked 1 of 1 times' })).toBeUndefined());
  test('also when the plan comes back from the database, with its keys in another order', () => {
    const stored: Plan = JSON.parse(JSON.stringify(shown, (_, value) => backwards(value)));
    expect(whatChanged(stored, aPlan({ steps: STEPS }))).toBeUndefined();
  });
  test('also when its incident has been counted again or is over', () =>
    expect(now({ incident: { title: 'redis is down', severity: 1 } })).toBeUndefined());
  test.each([
    ['cannot be looked at from here', [redisIs('unknown')]],
    ['is not looked at', []],
  ])('while its target %s', (_, targets) => expect(now({ targets })).toBeUndefined());
});

describe('what changed is said', () => {
  test.each<[string, Partial<Plan>, string]>([
    ['a target', { targets: [redisIs('stopped')] }, 'redis was running when the plan was shown, now it is stopped'],
    [
      'another backup',
      { steps: second({ name: 'Restore backup of 05:15' }) },
      'step 2 was "Restore backup of 04:15", now it is "Restore backup of 05:15"',
    ],
    [
      'an input',
      { steps: second({ input: { service: 'web' } }) },
      'step 2 "Restore backup of 04:15" does something else now',
    ],
    ['a step more', { steps: [...STEPS, aPlannedStep('verify')] }, 'it had 2 steps, now it has 3'],
    ['the constitution', { constitution: 'another' }, 'the constitution is another one'],
    ['the risk', { risk: 0.7 }, 'its risk was 0.2, now it is 0.7'],
    ['the quorum', { policy: { need: 2, rule: 'true' } }, 'it needed 0 approvals, now it needs 2'],
    ['a parameter', { params: { a: 1 } }, 'its parameters or rules are others now'],
  ])('%s', (_, over, said) => expect(now(over)).toBe(said));
});

function backwards(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).reverse());
}
