import { describe, expect, test } from '@jest/globals';
import { askedOf, imaginedIncident, requireDrillable } from '../../../../src/engine/planner/drill.js';
import { aService } from '../../../support/builders.js';

const check = { type: 'tcp', url: 'tcp://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 1 } as const;

describe('what a drill may break', () => {
  test('is only what the configuration marks, and the refusal has the line to write', () => {
    expect(() => requireDrillable(aService('redis', { health: [check] }))).toThrow('write drill: { allowed: true }');
    expect(() => requireDrillable(aService('redis', { health: [check], drillAllowed: true }))).not.toThrow();
  });

  test('has a check, or nobody would notice', () => {
    expect(() => requireDrillable(aService('redis', { health: [], drillAllowed: true }))).toThrow(
      'has no health check',
    );
  });

  test('is planned for as on the night when it is down', () => {
    expect(imaginedIncident(aService('redis', { criticality: 'critical' }))).toEqual({
      title: 'redis is down',
      severity: 1,
    });
  });
});

describe('the approval of a drill', () => {
  test('is asked for where the rules ask for none', () => {
    expect(askedOf({ need: 0, rule: 'risk < 0.3' })).toMatchObject({ need: 1, role: 'approver' });
  });

  test('is that of the rules where they ask for more', () => {
    const decided = { need: 2, role: 'approver', including: 'lead', rule: 'true' };
    expect(askedOf(decided)).toBe(decided);
  });
});
