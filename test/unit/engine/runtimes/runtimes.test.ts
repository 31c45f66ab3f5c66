import { describe, expect, test } from '@jest/globals';
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
  {
    ...base,
    name: 'web',
    runtime: 'kubernetes',
    containerName: 'web',
    health: [],
    recoveryStrategies: [],
    dependsOn: [],
  },
  { ...base, name: 'unit', runtime: 'systemd', health: [], recoveryStrategies: [], dependsOn: [] },
  { ...base, name: 'shop', runtime: 'compose', health: [], recoveryStrategies: [], dependsOn: [] },
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
  const runtime = createRuntimes(() => services, { dataDir: '/nowhere' });

  test('are one for each service', () => {
    expect(runtime('redis').name).toBe('process');
    expect(runtime('redis')).toBe(runtime('redis'));
  });

  test('of kind process need a command', () => {
    expect(() => runtime('bare')).toThrow('services.bare.process: missing is not allowed; expected a command');
  });

  test('of other kinds need their sections', () => {
    expect(() => runtime('unit')).toThrow('services.unit.systemd: missing is not allowed; expected the name of a unit');
    expect(() => runtime('shop')).toThrow(/services\.shop\.compose: missing is not allowed/);
    expect(() => runtime('web')).toThrow(/services\.web\.kubernetes: missing is not allowed; expected namespace/);
  });

  test('follow services that come and go', () => {
    let known = services.slice(2);
    const growing = createRuntimes(() => known, { dataDir: '/nowhere' });
    const first = growing('redis');
    known = services.map((service) => ({ ...service }));
    expect(growing('redis')).not.toBe(first);
    known = [];
    expect(() => growing('redis')).toThrow('No service "redis".');
  });

  test('that run programs are made for each step', () => {
    const exec = async () => ({ exitCode: 0, stdout: '', stderr: '' });
    expect(runtime('redis', exec)).not.toBe(runtime('redis'));
  });

  test('of an unknown service are refused', () => {
    expect(() => runtime('radis')).toThrow('No service "radis".');
  });
});
