import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';

const base = {
  health: [],
  recoveryStrategies: [],
  maxRecoveryAttempts: 3,
  criticality: 'low',
  priority: 5,
  dependsOn: [],
} as const;
const services: Service[] = [
  { ...base, name: 'web', runtime: 'systemd', containerName: 'web', health: [], recoveryStrategies: [], dependsOn: [] },
  { ...base, name: 'bare', runtime: 'process', health: [], recoveryStrategies: [], dependsOn: [] },
  {
    ...base,
    name: 'redis',
    runtime: 'process',
    process: { command: ['redis-server'], cwd: '/', env: {} },
    health: [],
    recoveryStrategies: [],
    dependsOn: [],
  },
];

describe('runtimes', () => {
  const runtime = createRuntimes(services, { dataDir: '/nowhere' });

  test('are one for each service', () => {
    expect(runtime('redis').name).toBe('process');
    expect(runtime('redis')).toBe(runtime('redis'));
  });

  test('that this version does not have are refused with those that it has', () => {
    expect(() => runtime('web')).toThrow(UserError);
    expect(() => runtime('web')).toThrow('web has the runtime systemd; this version has: process, docker.');
  });

  test('of kind process need a command', () => {
    expect(() => runtime('bare')).toThrow('services.bare.process: missing is not allowed; expected a command');
  });

  test('of an unknown service are refused', () => {
    expect(() => runtime('radis')).toThrow('No service "radis".');
  });
});
