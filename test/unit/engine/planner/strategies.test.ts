import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import type { HealthCheck } from '../../../../src/engine/model/service.js';
import { longForm } from '../../../../src/engine/planner/runbook.js';
import { STRATEGIES, stepsOfStrategy } from '../../../../src/engine/planner/strategies/strategies.js';
import { aService, breakerSettings } from '../../../support/builders.js';

const steps = (name: string, ...rest: [Parameters<typeof aService>[1]?, ((names: readonly string[]) => string[])?]) =>
  stepsOfStrategy(name, aService('redis', rest[0]), STRATEGIES, {
    actions: BUILT_IN_ACTIONS,
    order: rest[1] ?? ((names) => [...names]),
  });

test('restart and recreate are steps on the service', () => {
  const on = { with: { service: 'redis' } };
  expect(steps('restart')).toMatchObject([{ action: 'restart_service', ...on }]);
  expect(steps('recreate')).toMatchObject([
    { action: 'stop_service', ...on },
    { action: 'start_service', ...on },
  ]);
});

test('what a strategy cannot do for a runtime says what can be done instead', () => {
  expect(() => steps('restrat')).toThrow(
    'strategy: "restrat" cannot be done for redis (process). Possible: restart, recreate.',
  );
});

test('in a cluster a rollback is to the revision before, and a rollout may take its time', () => {
  const kubernetes = { namespace: 'shop', kind: 'deployment', name: 'redis' } as const;
  const cluster = { runtime: 'kubernetes', kubernetes } as const;
  const on = { with: { service: 'redis' } };
  expect(steps('restart', cluster)).toMatchObject([{ action: 'restart_service', timeout: '5m', ...on }]);
  expect(steps('recreate', cluster)).toMatchObject([{ action: 'recreate_service', timeout: '5m', ...on }]);
  expect(steps('rollback', cluster)).toMatchObject([{ action: 'kubernetes_rollout_undo', ...on }]);
  expect(steps('scale_up', cluster)).toMatchObject([{ action: 'scale_service', with: { service: 'redis', by: 1 } }]);
  const away = STRATEGIES.get('restart')?.unfit?.(aService('redis', cluster), 'missing');
  expect(away).toBe('there is no deployment shop/redis');
  const daemon = { ...cluster, kubernetes: { ...kubernetes, kind: 'daemonset' } } as const;
  expect(() => steps('scale_up', daemon)).toThrow(/"scale_up" cannot be done for redis \(kubernetes\)/);
});

describe('scale_up and scale_down', () => {
  test.each<[string, Parameters<typeof aService>[1]]>([
    ['a container with sizes', { runtime: 'docker', sizes: [{ cpus: 1 }, { cpus: 2 }] }],
    ['a service of Compose', { runtime: 'compose' }],
  ])('are one step up or down for %s', (_what, over) => {
    expect(steps('scale_up', over)).toMatchObject([{ action: 'scale_service', with: { service: 'redis', by: 1 } }]);
    expect(steps('scale_down', over)).toMatchObject([{ action: 'scale_service', with: { service: 'redis', by: -1 } }]);
  });

  test.each<[string, Parameters<typeof aService>[1]]>([
    ['a container without sizes', { runtime: 'docker' }],
    ['a process', {}],
  ])('cannot be done for %s', (_what, over) => {
    expect(() => steps('scale_up', over)).toThrow(/strategy: "scale_up" cannot be done for redis/);
  });
});

describe('circuit_break', () => {
  const check: HealthCheck = { type: 'tcp', url: 'tcp://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 1 };

  test('keeps the callers away for longer than it waits, and lets them in again', () => {
    expect(steps('circuit_break', { breaker: breakerSettings(), health: [check] })).toMatchObject([
      { action: 'breaker_open', with: { service: 'redis', for: '2m' } },
      { action: 'check_health', with: { service: 'redis', within: '90s' } },
      { action: 'breaker_reset', with: { service: 'redis' } },
    ]);
  });

  test.each<[string, Parameters<typeof aService>[1]]>([
    ['a breaker', { health: [check] }],
    ['a breaker that is wanted', { health: [check], breaker: breakerSettings({ enabled: false }) }],
    ['a health check', { breaker: breakerSettings() }],
  ])('cannot be done without %s', (_what, over) => {
    expect(() => steps('circuit_break', over)).toThrow(/strategy: "circuit_break" cannot be done for redis/);
  });
});

describe('failover', () => {
  const how = {
    to: 'standby',
    promote: ['start_service: standby'],
    switch: [{ ...longForm({ action: 'run_command', with: { command: ['true'] } }) }],
  };

  test('looks at what stands by before anything is done, then promotes and switches', () => {
    expect(steps('failover', { failover: how })).toEqual([
      expect.objectContaining({
        id: 'standby',
        action: 'check_health',
        with: { service: 'standby', within: '15s' },
        on_failure: 'rollback',
      }),
      ...how.promote,
      ...how.switch,
    ]);
  });

  test('cannot be done where the configuration does not say how', () => {
    expect(() => steps('failover')).toThrow(/strategy: "failover" cannot be done for redis/);
  });
});

describe('hybrid', () => {
  const CHECK: HealthCheck = { type: 'tcp', url: 'tcp://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 1 };
  const climbing = { health: [CHECK], recoveryStrategies: ['restart', 'recreate', 'hybrid'] };
  const outline = (over: object = {}, order?: (names: readonly string[]) => string[]) =>
    steps('hybrid', { ...climbing, ...over }, order).map((step) =>
      typeof step === 'string' ? step : [step.id, step.action, step.when, step.on_failure],
    );

  test('looks after each rung, and does the next one only while the service is not well', () => {
    expect(outline()).toEqual([
      ['restart_1', 'restart_service', undefined, 'continue'],
      ['check_restart', 'check_health', undefined, 'continue'],
      ['recreate_1', 'stop_service', "steps.check_restart.state != 'succeeded'", 'continue'],
      [
        'recreate_2',
        'start_service',
        "steps.check_restart.state != 'succeeded' && steps.recreate_1.state == 'succeeded'",
        'continue',
      ],
    ]);
  });

  test('begins with what worked', () => {
    const first = outline({}, (names) => [...names].reverse())[0];
    expect(first).toEqual(['recreate_1', 'stop_service', undefined, 'continue']);
  });

  test.each([
    ['without a health check', { health: [] }],
    ['with one rung', { recoveryStrategies: ['restart', 'hybrid'] }],
    ['when one attempt is all there may be', { maxRecoveryAttempts: 1 }],
  ])('cannot be done %s', (_what, over) => {
    expect(() => outline(over)).toThrow(/"hybrid" cannot be done for redis/);
  });
});
