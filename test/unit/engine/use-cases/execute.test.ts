import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import type { ExecuteRequest } from '../../../../src/engine/engine.js';
import type { Principal } from '../../../../src/engine/model/person.js';
import type { KeptPlan } from '../../../../src/engine/ports.js';
import { execute } from '../../../../src/engine/use-cases/execute.js';
import { propose } from '../../../../src/engine/use-cases/propose.js';
import { aPlan, aPlannedStep, aService } from '../../../support/builders.js';
import { ANN, anIncident, type World, who, world } from './memory-ports.js';

const API = { platform: 'api' };
const plan = aPlan({ lines: ['stop_service: redis'], steps: [aPlannedStep('a')] });
const KEPT: KeptPlan = { key: 'plan-1', plan, request: { service: 'redis' }, incident: 'i-1', incidentId: 3 };

/** A world with one kept plan; `now` is what the same request gives by now. */
function scene(now = plan) {
  const kept = [KEPT];
  const asked: unknown[] = [];
  const made = world([], {
    services: () => [aService('redis'), aService('web')],
    actions: BUILT_IN_ACTIONS,
    stepAliases: new Map([['kick', { action: 'restart_service', input: { service: 'web' } }]]),
    plans: { keep: async (one) => void kept.push(one), kept: async (key) => kept.find((one) => one.key === key) },
    makePlan: async (request) => {
      asked.push(request);
      return request.steps ? aPlan({ kind: 'sent', lines: request.steps.calls.map(({ line = null }) => line) }) : now;
    },
    incidents: { report: async () => ({ incident: anIncident(), created: true }) },
  });
  const run = (request: ExecuteRequest, by: Principal = ANN) => execute(request, by, API, made.ports);
  return { ...made, kept, asked, run };
}
const only = ({ drafts }: World) => {
  expect(drafts).toHaveLength(1);
  return drafts[0];
};

describe('a kept plan', () => {
  test.each<[string, ExecuteRequest]>([
    ['its id alone', { id: 'plan-1' }],
    ['its id and its steps', { id: 'plan-1', steps: ['stop_service: redis '] }],
  ])('runs by %s, for its incident, under its id', async (_, request) => {
    const at = scene();
    expect((await at.run(request)).created).toBe(true);
    expect(only(at)).toMatchObject({ plan, incidentId: 3, planKey: 'plan-1', origin: { request: 'execute:plan-1' } });
  });

  test('with other steps is those steps, for its service and incident', async () => {
    const at = scene();
    await at.run({ id: 'plan-1', steps: ['notify: hello'] });
    expect(at.asked).toMatchObject([{ service: 'redis', steps: { name: 'notify: hello', sent: true } }]);
    expect(only(at)).toMatchObject({ incidentId: 3, planKey: 'plan-1' });
  });

  test('that is another one by now is refused with the new one, which is kept in its turn', async () => {
    const changed = aPlan({ lines: ['restart_service: redis'], steps: [aPlannedStep('b', { name: 'Restart' })] });
    const at = scene(changed);
    const refusal = at.run({ id: 'plan-1' });
    await expect(refusal).rejects.toMatchObject({
      code: 'stale',
      facts: { plan: { steps: ['restart_service: redis'] } },
    });
    await expect(refusal).rejects.toThrow('step 1 was "a", now it is "Restart"');
    expect(at.drafts).toEqual([]);
    expect(at.kept.at(-1)).toMatchObject({ plan: changed, incident: 'i-1' });
    expect(at.kept.at(-1)?.key).not.toBe('plan-1');
  });
});

describe('an id', () => {
  test('runs once, also when it has ended', async () => {
    const at = scene();
    const first = await at.run({ id: 'mine', steps: ['kick'] });
    Object.assign(at.recoveries[0]?.recovery ?? {}, { state: 'SUCCEEDED' });
    const again = await at.run({ id: 'mine', steps: [' kick'] });
    expect([again.created, again.snapshot.recovery.id]).toEqual([false, first.snapshot.recovery.id]);
    expect((await at.run({ id: 'mine' })).created).toBe(false);
    only(at);
  });

  test('that was used for other steps is refused', async () => {
    const at = scene();
    await at.run({ id: 'mine', steps: ['kick'] });
    await expect(at.run({ id: 'mine', steps: ['stop_service: web'] })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('that nobody knows has no steps of its own', async () => {
    await expect(scene().run({ id: 'mine' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('another recovery of the service is told by name', async () => {
  const at = scene();
  await at.run({ id: 'one', steps: ['kick'] });
  const other = at.run({ id: 'two', steps: ['restart_service: web', 'stop_service: redis'] });
  await expect(other).rejects.toMatchObject({ code: 'conflict', facts: { recovery: 'R-101' } });
});

test.each<[string[], string | undefined, string]>([
  [['stop_service: redis', 'kick'], undefined, 'redis'],
  [['notify: hello', 'kick'], undefined, 'web'],
  [['notify: hello', 'kick'], 'redis', 'redis'],
])('%j with service %s belong to %s', async (steps, service, belongs) => {
  const at = scene();
  await at.run({ id: 'mine', steps, service });
  expect(at.asked).toMatchObject([{ service: belongs }]);
});

test('a viewer may neither ask for plans nor execute them', async () => {
  const at = scene();
  const viewer = who('Vi', 'viewer', 'approver');
  await expect(at.run({ id: 'plan-1' }, viewer)).rejects.toMatchObject({ code: 'forbidden' });
  const report = { id: 'i', at: new Date(), severity: 1, context: { service: 'redis' } };
  await expect(propose(report, viewer, at.ports)).rejects.toMatchObject({ code: 'forbidden' });
});

test('an incident is recorded also where there is no plan for it', async () => {
  const reported: unknown[] = [];
  const at = world([], {
    makePlan: () => Promise.reject(new Error('no plan')),
    incidents: { report: async (found) => ({ incident: anIncident({ id: reported.push(found) }), created: true }) },
  });
  const context = { service: 'redis', title: 'RedisDown', cpu: 95 };
  await expect(propose({ id: 'i-1', at: new Date(), severity: 0.9, context }, ANN, at.ports)).rejects.toThrow(
    'no plan',
  );
  expect(reported).toEqual([
    { service: 'redis', fingerprint: 'plan:redis:i-1', severity: 0.9, title: 'RedisDown', detail: 'cpu 95' },
  ]);
});
