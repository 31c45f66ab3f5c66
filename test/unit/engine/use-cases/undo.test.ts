import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { withoutRules } from '../../../../src/engine/constitution/constitution.js';
import type { RecoverRequest } from '../../../../src/engine/engine.js';
import { NOTHING_KNOWN } from '../../../../src/engine/knowledge/look.js';
import type { Snapshot } from '../../../../src/engine/model/recovery.js';
import { createPlanner, type PlannerPorts } from '../../../../src/engine/planner/planner.js';
import { DEFAULT_POLICY } from '../../../../src/engine/planner/policy.js';
import { act } from '../../../../src/engine/use-cases/act.js';
import {
  aPlan,
  aPlannedStep,
  aService,
  aSnapshot,
  aStep,
  at,
  NO_SNAPSHOTS,
  ONE_BACKUP,
  T0,
} from '../../../support/builders.js';
import { ANN, world } from './memory-ports.js';

const done = (position: number) =>
  aStep(position, {
    name: `Stop ${position}`,
    state: 'succeeded',
    startedAt: T0,
    endedAt: T0,
    attempts: 1,
    rollback: { action: 'start_service', input: { service: 'redis' } },
  });
const succeeded = (id = 12, endedAt = T0) =>
  aSnapshot([done(0), done(1)], { id, state: 'SUCCEEDED', startedAt: T0, endedAt });

describe('undo', () => {
  test('is a recovery of its own: the undo steps in reverse, with a digest and by policy', async () => {
    const { asked, ports } = planning([succeeded()]);
    const { message } = await act(12, 'undo', ANN, ports);
    expect(message).toBe('R-101 undoes R-12.');
    const call = { action: 'start_service', pool: 'default' };
    expect(asked[0]).toMatchObject({
      service: 'redis',
      reason: 'undo of R-12',
      steps: {
        name: 'undo of R-12',
        calls: [
          { name: 'Undo: Stop 1', ...call },
          { name: 'Undo: Stop 0', ...call },
        ],
      },
    });
  });

  test('is refused for what did not succeed, with what to do instead', async () => {
    const { ports } = world([aSnapshot([done(0)], { id: 12, state: 'FAILED', endedAt: T0 })]);
    await expect(act(12, 'undo', ANN, ports)).rejects.toThrow(
      'R-12 did not succeed, so it is rolled back instead: rollback R-12.',
    );
  });

  test('is refused when it is too late', async () => {
    const { ports } = world([succeeded(12, at(-2 * 3_600_000))]);
    await expect(act(12, 'undo', ANN, ports)).rejects.toThrow(
      /R-12 ended 2 h 01 min ago, and is undone within 1 h 00 min only/,
    );
  });

  test('is refused when a later recovery changed the service', async () => {
    const { ports } = world([succeeded(13), succeeded(12)]);
    await expect(act(12, 'undo', ANN, ports)).rejects.toThrow(
      'R-13 changed redis after R-12, so what was there before R-12 cannot be put back.',
    );
  });

  test('is refused when nothing can be undone', async () => {
    const { ports } = world([aSnapshot([aStep(0, { state: 'skipped' })], { id: 12, state: 'SUCCEEDED', endedAt: T0 })]);
    await expect(act(12, 'undo', ANN, ports)).rejects.toThrow('R-12 did nothing that could be undone.');
  });

  test('that failed is tried again with the same steps', async () => {
    const plan = aPlan({ kind: 'steps', name: 'undo of R-12', steps: [aPlannedStep('a'), aPlannedStep('b')] });
    const { asked, ports } = planning([aSnapshot([aStep(0)], { id: 14, state: 'FAILED', endedAt: T0, plan })]);
    await act(14, 'retry', ANN, ports);
    expect(asked[0]?.steps).toMatchObject({ name: 'undo of R-12', calls: [{ name: 'a' }, { name: 'b' }] });
  });
});

describe('the plan of an undo', () => {
  test('is its steps and nothing else, ends at the first that fails, and claims no health', async () => {
    const calls = ['Undo: b', 'Undo: a'].map((name) => ({
      name,
      action: 'start_service',
      input: { service: 'redis' },
      pool: 'default',
    }));
    const check = { type: 'tcp' as const, url: 'tcp://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 1 };
    const plan = await planner({ services: () => [aService('redis', { health: [check] })] })(
      { service: 'redis', steps: { name: 'undo of R-12', calls } },
      { name: 'Ann', roles: [] },
    );
    expect(plan).toMatchObject({ kind: 'steps', name: 'undo of R-12', verified: false });
    expect(plan.steps.map(({ name, onFailure, stage }) => [name, onFailure, stage])).toEqual([
      ['Undo: b', 'stop', 0],
      ['Undo: a', 'stop', 1],
    ]);
  });
});

/** The undo use case with a planner that only notes what it is asked for. */
function planning(recoveries: Snapshot[]) {
  const asked: RecoverRequest[] = [];
  const makePlan = async (request: RecoverRequest) => {
    asked.push(request);
    return aPlan();
  };
  return { asked, ports: world(recoveries, { makePlan }).ports };
}

const planner = (over: Partial<PlannerPorts>) =>
  createPlanner({
    services: () => [],
    runbooks: [],
    strategies: new Map(),
    actions: BUILT_IN_ACTIONS,
    backups: ONE_BACKUP,
    snapshots: NO_SNAPSHOTS,
    pools: ['default'],
    policy: DEFAULT_POLICY,
    constitution: withoutRules('c'),
    past: async () => [],
    look: async () => NOTHING_KNOWN,
    proofs: async () => undefined,
    unhealthy: async () => new Set(),
    observe: async () => [],
    now: () => T0,
    ...over,
  });
