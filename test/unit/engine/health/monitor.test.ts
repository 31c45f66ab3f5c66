import { describe, expect, test } from '@jest/globals';
import { fixedDirectory } from '../../../../src/engine/discovery/directory.js';
import type { ServiceHealth } from '../../../../src/engine/engine.js';
import { startMonitor } from '../../../../src/engine/health/monitor.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { aService } from '../../../support/builders.js';
import { eventually } from '../../../support/eventually.js';

const QUIET = {
  ask: async () => ({ healthy: true, detail: '', durationMs: 1 }),
  availability: { watching: async () => 1, count: async () => {} },
  maintenance: async () => [],
  leads: async () => true,
  now: () => new Date(),
  log: () => {},
};

test('how often a check failed in a row is kept as it grows, and is zero again after a good one', async () => {
  const answers = [true, false, false, false, true];
  const saved: ServiceHealth[] = [];
  const unused = (): never => {
    throw new Error('nothing fell ill');
  };
  const check = { type: 'http' as const, url: 'http://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 20 };
  const monitor = startMonitor({
    directory: fixedDirectory([aService('web', { health: [check] })]),
    check: async () => ({ healthy: answers.shift() ?? true, detail: 'the same words', durationMs: 1 }),
    incidents: {
      health: async () => [],
      saveHealth: async (health) => void saved.push(health),
      resolve: async () => undefined,
      openFor: unused,
      report: unused,
      forgetHealth: unused,
    },
    ...QUIET,
  });
  try {
    await eventually(() => expect(saved.map((health) => health.consecutiveFailures)).toEqual([0, 1, 2, 3, 0]));
    expect(saved.every(({ status }) => status === 'healthy')).toBe(true);
  } finally {
    await monitor.stop();
  }
});

describe('a service', () => {
  const check = { type: 'http' as const, url: 'http://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 1 };
  const web = aService('web', { health: [check] });
  const db = aService('db', { health: [check] });

  function monitored(leads = true) {
    const wrong = (): never => {
      throw new Error('everything is well');
    };
    const listeners = new Set<(services: readonly Service[]) => void>();
    let known: readonly Service[] = [web];
    const checked: string[] = [];
    const told: string[] = [];
    const monitor = startMonitor({
      directory: {
        all: () => known,
        onChange(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
      async check({ name, criticality }) {
        checked.push(`${name} ${criticality}`);
        return { healthy: true, detail: 'well', durationMs: 1 };
      },
      incidents: {
        health: async () => [],
        saveHealth: async () => {},
        async resolve(which, detail) {
          if (detail) told.push(`${'fingerprint' in which && which.fingerprint}: ${detail}`);
          return undefined;
        },
        forgetHealth: async (name) => void told.push(`forget ${name}`),
        openFor: wrong,
        report: wrong,
      },
      ...QUIET,
      leads: async () => leads,
    });
    return {
      monitor,
      checked,
      told,
      listeners,
      become(services: readonly Service[]) {
        known = services;
        for (const listener of listeners) listener(services);
      },
    };
  }

  test('that comes is watched, and of one that goes neither its health nor its incident stays', async () => {
    const { monitor, checked, told, become, listeners } = monitored();
    try {
      await eventually(() => expect(checked).toContain('web medium'));
      become([db]);
      await eventually(() => expect(checked).toContain('db medium'));
      await eventually(() =>
        expect(told).toEqual([
          'forget web',
          'health:web: it is watched no more: it is no service now, or has no health check',
          'flapping:web: it is watched no more: it is no service now, or has no health check',
        ]),
      );
      checked.length = 0;
      await eventually(() => expect(checked.length).toBeGreaterThan(3));
      expect(checked).not.toContain('web medium');
      become([db, web]);
      await eventually(() => expect(checked).toContain('web medium'));
    } finally {
      await monitor.stop();
    }
    expect(listeners.size).toBe(0);
  });

  test('that is another than before is watched as it is now, and nothing of it is forgotten', async () => {
    const { monitor, checked, told, become } = monitored();
    try {
      await eventually(() => expect(checked).toContain('web medium'));
      become([{ ...web, criticality: 'high' }]);
      await eventually(() => expect(checked).toContain('web high'));
      expect(told).toEqual([]);
    } finally {
      await monitor.stop();
    }
  });

  test('that goes is forgotten by the one who watches for all', async () => {
    const { monitor, told, become } = monitored(false);
    become([]);
    await monitor.stop();
    expect(told).toEqual([]);
  });
});
