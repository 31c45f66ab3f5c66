import { describe, expect, test } from '@jest/globals';
import { dependentsOf, planRisk, type RiskFacts } from '../../../../src/engine/planner/risk.js';
import { aPlannedStep, aService } from '../../../support/builders.js';

const redis = aService('redis');
const NO_HISTORY = { successes: 0, failures: 0 };
const step = (risk: number, over = {}) => aPlannedStep('s', { risk, name: 'Stop redis', ...over });

const risk = (over: Partial<RiskFacts> = {}) =>
  planRisk({ steps: [step(0.2)], service: redis, services: [redis], history: NO_HISTORY, ...over });

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
    const web = aService('web', { dependsOn: ['redis'] });
    const many = Array.from({ length: 40 }, (_, n) => aService(`web-${n}`, { dependsOn: ['redis'] }));
    expect(risk({ services: [redis, web] })).toMatchObject({ decides: 0.22, reasons: ['web depends on it'] });
    expect(risk({ services: [redis, ...many] })).toMatchObject({
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

  test('never exceeds 1, and carries no noise of floating point', () => {
    const web = aService('web', { dependsOn: ['redis'] });
    expect(risk({ steps: [step(1)], services: [redis, web], history: { successes: 0, failures: 9 } }).decides).toBe(1);
    expect(risk({ steps: [step(0.1)], history: { successes: 0, failures: 3 } }).decides).toBe(0.2);
  });

  test('is 0 for a plan that does nothing', () =>
    expect(risk({ steps: [] })).toEqual({ score: 0, decides: 0, reasons: [] }));
});

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
