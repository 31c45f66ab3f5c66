import { describe, expect, test } from '@jest/globals';
import { atLeast, forbids, withoutRules } from '../../../../src/engine/constitution/constitution.js';
import { aPlannedStep, aService } from '../../../support/builders.js';

const NONE = withoutRules('cdd01ef066bc6cf2');

describe('forbids', () => {
  test('a forbidden action, also as the verify or rollback of another step', () => {
    const rules = { ...NONE, forbiddenActions: ['run_command'] };
    const call = { action: 'run_command', input: {} };
    expect(forbids(rules, aPlannedStep('a', { action: 'run_command' }))).toBe(
      'the constitution forbids the action run_command',
    );
    expect(forbids(rules, aPlannedStep('a', { rollback: call }))).toContain('run_command');
    expect(forbids(rules, aPlannedStep('a', { verify: call }))).toContain('run_command');
    expect(forbids(rules, aPlannedStep('a', { rollback: null }))).toBeUndefined();
  });

  test('a step that touches a protected service', () => {
    const rules = { ...NONE, protectedServices: ['billing-db'] };
    expect(forbids(rules, aPlannedStep('a', { services: ['web', 'billing-db'] }))).toBe(
      'the constitution protects billing-db: no step may touch it',
    );
    expect(forbids(rules, aPlannedStep('a'))).toBeUndefined();
  });
});

describe('atLeast', () => {
  const rules = { ...NONE, highestRiskWithoutApproval: 0.5, leastQuorumForCriticalServices: 2 };
  const free = { need: 0, rule: 'true' };

  test('leaves a decision alone up to the bound', () => {
    expect(atLeast(rules, free, 0.5, aService('redis'))).toEqual(free);
  });

  test('asks for one person above it, and for the quorum where the service is critical', () => {
    expect(atLeast(rules, free, 0.51, aService('redis', { criticality: 'low' }))).toMatchObject({
      need: 1,
      role: 'approver',
    });
    expect(atLeast(rules, free, 0.51, aService('redis', { criticality: 'critical' }))).toMatchObject({ need: 2 });
  });

  test('never lowers what the policy asks for', () => {
    const strict = { need: 3, role: 'lead', rule: 'true' };
    expect(atLeast(rules, strict, 0.9, aService('redis', { criticality: 'critical' }))).toEqual(strict);
  });
});
