import { describe, expect, test } from '@jest/globals';
import type { HealthCheck } from '../../../../src/engine/model/service.js';
import { evidenceFor } from '../../../../src/engine/planner/evidence.js';
import { priorOf } from '../../../../src/engine/planner/priors.js';
import { aService, at, T0 } from '../../../support/builders.js';

const PING: HealthCheck = { type: 'redis', url: 'redis://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 1 };
const NAMES = ['restart', 'rollback', 'scale_up', 'hybrid'];
const advised = (over: object, concepts: string[] = []) => {
  const means = NAMES.map((name) => priorOf({ kind: 'strategy', name }, aService('one', over), concepts).mean);
  return NAMES.filter((_, index) => means[index] === Math.max(...means));
};

describe('before anything was tried', () => {
  test('a database is rolled back', () => expect(advised({ health: [PING] })).toEqual(['rollback']));
  test('a stateless service is restarted', () => expect(advised({})).toEqual(['restart']));
  test('a service with sizes is scaled, too', () => expect(advised({ sizes: [{}] })).toEqual(['restart', 'scale_up']));
  test('one whose CPU is used up is scaled, too', () => expect(advised({}, ['#high_cpu'])).toContain('scale_up'));
  test('a critical one gets one strategy after the other', () =>
    expect(advised({ criticality: 'critical' })).toContain('hybrid'));
});

test('three outcomes outweigh the advice', () => {
  const service = aService('db', { health: [PING] });
  const past = [1, 2, 3].flatMap((id) => [
    { id, kind: 'strategy' as const, name: 'rollback', succeeded: false, activeMs: 1, endedAt: at(-id) },
    { id: id + 10, kind: 'strategy' as const, name: 'restart', succeeded: true, activeMs: 1, endedAt: at(-id) },
  ]);
  const posterior = (name: string) =>
    evidenceFor('strategy', name, past, T0, priorOf({ kind: 'strategy', name }, service, [])).posterior;
  expect(posterior('restart')).toBeGreaterThan(posterior('rollback'));
});
