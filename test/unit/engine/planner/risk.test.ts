import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Circumstances } from '../../../../src/engine/model/plan.js';
import { dependentsOf, planRisk, type RiskFacts, riskLevel } from '../../../../src/engine/planner/risk.js';
import { aPlannedStep, aService, calm } from '../../../support/builders.js';

const NO_HISTORY = { successes: 0, failures: 0 };
const step = (risk: number, over = {}) => aPlannedStep('s', { risk, name: 'Stop redis', ...over });

const risk = (over: Partial<RiskFacts> = {}) =>
  planRisk({ steps: [step(0.2)], history: NO_HISTORY, circumstances: calm(), provenWithinDays: 90, ...over });
const amid = (over: Partial<Circumstances>) => risk({ circumstances: calm(over) });

const SALE = { name: 'Black Friday', raise: 0.7, until: '2026-11-30 08:00 Europe/Berlin' };

describe('the risk that decides', () => {
  test("is the riskiest step's", () => {
    expect(risk({ steps: [step(0.2), step(0.5), step(0)] })).toEqual({
      score: 0.5,
      decides: 0.5,
      reasons: ['stop redis'],
    });
  });

  test('is raised by what the runbook declares', () => {
    expect(risk({ declared: 0.6 })).toEqual({ score: 0.6, decides: 0.6, reasons: ['its runbook says so'] });
  });

  test('is not lowered by it, though the score is reported as declared', () => {
    expect(risk({ declared: 0.1, steps: [step(0.4, { action: 'restore_backup' })] })).toEqual({
      score: 0.1,
      decides: 0.4,
      reasons: ['restores data'],
    });
  });

  test('is raised by each dependent, up to a bound', () => {
    expect(amid({ dependents: ['web'] })).toMatchObject({ decides: 0.22, reasons: ['web depends on it'] });
    expect(amid({ dependents: Array.from({ length: 40 }, (_, n) => `web-${n}`) })).toMatchObject({
      decides: 0.3,
      reasons: ['web-0, web-1, web-2 and 37 more depend on it'],
    });
  });

  test('is raised by failing history, not by a single bad day', () => {
    expect(risk({ history: { successes: 1, failures: 3 } })).toMatchObject({
      decides: 0.3,
      reasons: ['failed 3 of 4 times'],
    });
    expect(risk({ history: { successes: 0, failures: 2 } }).decides).toBe(0.2);
    expect(risk({ history: { successes: 3, failures: 3 } }).decides).toBe(0.2);
  });

  test('is raised by failures of these days, however often it worked before', () => {
    const history = { successes: 200, failures: 3 };
    expect(risk({ history, circumstances: calm({ recentFailures: 3 }) })).toMatchObject({
      decides: 0.3,
      reasons: ['failed 3 times within the last 7 days'],
    });
    expect(risk({ history, circumstances: calm({ recentFailures: 2 }) }).decides).toBe(0.2);
  });

  test('is a little higher for a runbook that was never proven, or not for long', () => {
    expect(amid({ daysSinceProven: null })).toMatchObject({ decides: 0.25, reasons: ['never proven'] });
    expect(amid({ daysSinceProven: 120 })).toMatchObject({ decides: 0.25, reasons: ['not proven for 120 days'] });
    expect(amid({ daysSinceProven: 89 })).toMatchObject({ decides: 0.2, reasons: [] });
  });

  test('is not, where nothing could tell, or nothing need be proven', () => {
    expect(amid({}).decides).toBe(0.2);
    expect(risk({ circumstances: calm({ daysSinceProven: null }), provenWithinDays: undefined }).decides).toBe(0.2);
  });

  test('is at least what a freeze says, and the freeze is the first reason', () => {
    expect(amid({ freezes: [SALE], dependents: ['a', 'b', 'c'], daysSinceProven: null })).toEqual({
      score: 0.2,
      decides: 0.7,
      reasons: ['freeze "Black Friday" until 2026-11-30 08:00 Europe/Berlin', 'a, b, c depend on it', 'never proven'],
    });
    expect(risk({ steps: [step(0.9)], circumstances: calm({ freezes: [SALE] }) }).decides).toBe(0.9);
  });

  test('never exceeds 1, and carries no noise of floating point', () => {
    const history = { successes: 0, failures: 9 };
    expect(risk({ steps: [step(1)], history, circumstances: calm({ dependents: ['web'] }) }).decides).toBe(1);
    expect(risk({ steps: [step(0.1)], history: { successes: 0, failures: 3 } }).decides).toBe(0.2);
  });

  test('is 0 for a plan that does nothing', () =>
    expect(risk({ steps: [] })).toEqual({ score: 0, decides: 0, reasons: [] }));
});

describe('no fact that is added lowers it:', () => {
  const level = fc.integer({ min: 0, max: 100 }).map((n) => n / 100);
  const freeze = fc.record({ name: fc.string(), raise: level, until: fc.string() });
  const facts = fc.record({
    declared: fc.option(level, { nil: undefined }),
    steps: fc.array(
      level.map((at) => step(at)),
      { maxLength: 4 },
    ),
    history: fc.record({ successes: fc.nat(20), failures: fc.nat(20) }),
    circumstances: fc.record({
      freezes: fc.array(freeze, { maxLength: 3 }),
      dependents: fc.uniqueArray(fc.string(), { maxLength: 8 }),
      recentFailures: fc.nat(5),
      daysSinceProven: fc.option(fc.nat(200), { nil: null }),
    }),
    provenWithinDays: fc.integer({ min: 1, max: 150 }),
  });
  type Facts = RiskFacts & { circumstances: { daysSinceProven: number | null } };
  const amidst = (given: Facts, over: Partial<Circumstances>) => ({
    ...given,
    circumstances: { ...given.circumstances, ...over },
  });

  test.each<[string, (given: Facts) => RiskFacts]>([
    ['a freeze', (g) => amidst(g, { freezes: [...g.circumstances.freezes, SALE] })],
    ['a dependent', (g) => amidst(g, { dependents: [...g.circumstances.dependents, 'one more'] })],
    ['a failure', (g) => ({ ...g, history: { ...g.history, failures: g.history.failures + 1 } })],
    ['a recent failure', (g) => amidst(g, { recentFailures: g.circumstances.recentFailures + 1 })],
    ['a day without proof', (g) => amidst(g, { daysSinceProven: (g.circumstances.daysSinceProven ?? 1e6) + 1 })],
    ['a loss of all proof', (g) => amidst(g, { daysSinceProven: null })],
    ['a step', (g) => ({ ...g, steps: [...g.steps, step(0.3)] })],
    ['a declared risk', (g) => ({ ...g, declared: Math.max(g.declared ?? 0, 0.5) })],
  ])('%s', (_fact, added) => {
    fc.assert(
      fc.property(facts, (given) => {
        const before = planRisk(given).decides;
        const after = planRisk(added(given)).decides;
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test.each([
  [0.69, undefined],
  [0.7, 'high'],
  [0.9, 'critical'],
])('the word for %d is %s', (value, word) => expect(riskLevel(value)).toBe(word));

test('dependents are counted through others, each once', () => {
  const services = [
    aService('redis'),
    aService('cache', { dependsOn: ['redis'] }),
    aService('web', { dependsOn: ['cache', 'redis'] }),
    aService('mail'),
  ];
  expect(dependentsOf('redis', services).sort()).toEqual(['cache', 'web']);
  expect(dependentsOf('web', services)).toEqual([]);
});
