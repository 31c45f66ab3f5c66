import { expect, test } from '@jest/globals';
import type { ServiceHealth } from '../../../../src/engine/engine.js';
import { startMonitor } from '../../../../src/engine/health/monitor.js';
import { aService } from '../../../support/builders.js';
import { eventually } from '../../../support/eventually.js';

test('how often a check failed in a row is kept as it grows, and is zero again after a good one', async () => {
  const answers = [true, false, false, false, true];
  const saved: ServiceHealth[] = [];
  const unused = (): never => {
    throw new Error('nothing fell ill');
  };
  const check = { type: 'http' as const, url: 'http://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 20 };
  const monitor = startMonitor({
    services: [aService('web', { health: [check] })],
    check: async () => ({ healthy: answers.shift() ?? true, detail: 'the same words', durationMs: 1 }),
    incidents: {
      health: async () => [],
      saveHealth: async (health) => void saved.push(health),
      resolve: async () => undefined,
      ...{ openFor: unused, report: unused, get: unused, acknowledge: unused },
    },
    leads: async () => true,
    onChange: () => {},
    now: () => new Date(),
    log: () => {},
  });
  try {
    await eventually(() => expect(saved.map((health) => health.consecutiveFailures)).toEqual([0, 1, 2, 3, 0]));
    expect(saved.every(({ status }) => status === 'healthy')).toBe(true);
  } finally {
    await monitor.stop();
  }
});
