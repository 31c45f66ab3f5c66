import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import type { HealthCheck } from '../../../../src/engine/model/service.js';
import { type CompileContext, compileSteps } from '../../../../src/engine/planner/compile.js';
import { dependenciesFirst, dependenciesOf } from '../../../../src/engine/planner/dependencies.js';
import { aService, NO_SNAPSHOTS, ONE_BACKUP } from '../../../support/builders.js';

const CHECK: HealthCheck = { type: 'tcp', url: 'tcp://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 1 };
const postgres = aService('postgres', { health: [CHECK] });
const redis = aService('redis');
const api = aService('api', { dependsOn: ['redis', 'postgres'] });
const shop = aService('shop', { dependsOn: ['api', 'redis'] });
const services = [shop, api, redis, postgres];

const context: CompileContext = {
  actions: BUILT_IN_ACTIONS,
  backups: ONE_BACKUP,
  snapshots: NO_SNAPSHOTS,
  pools: ['default'],
  service: shop,
  services,
  runbooks: [],
  params: {},
  incident: {},
};

async function planned(unhealthy: string[], steps: string[] = ['restart_service: shop']) {
  return dependenciesFirst(await compileSteps(steps, context, 'restart'), context, {
    unhealthy: new Set(unhealthy),
    waysFor: ({ name }) => (name === 'redis' ? [] : [[`restart_service: ${name}`]]),
  });
}

test('what a service needs comes in the order in which it must come up', () => {
  expect(dependenciesOf(shop, services).map(({ name }) => name)).toEqual(['postgres', 'redis', 'api']);
  expect(dependenciesOf(redis, services)).toEqual([]);
});

describe('a plan for a service whose dependencies are down', () => {
  test('brings them back first, each with a look at its health where it has a check', async () => {
    const { steps, reasons } = await planned(['api', 'postgres']);
    expect(steps.map(({ id, stage, services: touched }) => [id, stage, touched])).toEqual([
      ['postgres_restart_service_1', 0, ['postgres']],
      ['postgres_check_health_2', 1, ['postgres']],
      ['api_restart_service_1', 2, ['api']],
      ['restart_service_1', 3, ['shop']],
    ]);
    expect(reasons).toEqual([
      'postgres is down, too, and is recovered first',
      'api is down, too, and is recovered first',
    ]);
  });

  test('leaves out what is well, and what the plan itself acts on', async () => {
    const { steps } = await planned(['api'], ['restart_service: api', 'restart_service: shop']);
    expect(steps.map(({ id }) => id)).toEqual(['restart_service_1', 'restart_service_2']);
  });

  test('says when it can do nothing about one of them', async () => {
    const { steps, reasons } = await planned(['redis']);
    expect(steps).toHaveLength(1);
    expect(reasons).toEqual(['redis is down, too, and has no strategy of its own']);
  });
});
