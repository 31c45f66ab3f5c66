import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../../../src/engine/model/json.js';
import type { Plan, PlannedStep } from '../../../../src/engine/model/plan.js';
import { isIntact, planDigest, requestDigest, shortDigest, stepDigest } from '../../../../src/engine/planner/digest.js';
import { toDefinition } from '../../../../src/engine/recovery/step-definition.js';
import { type RecoveryRow, toSnapshot } from '../../../../src/store/rows.js';
import { aPlan, aPlannedStep, aRecovery, T0 } from '../../../support/builders.js';

const digestOf = (plan: Plan) => planDigest(plan, plan.steps);

/** As Postgres gives `jsonb` back: keys by length, then by byte; nothing else is kept of how it was written. */
function throughJsonb<T>(value: T): T {
  const reorder = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(reorder);
    if (typeof inner !== 'object' || inner === null) return inner;
    const entries = Object.entries(inner).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, one]) => [key, reorder(one)]));
  };
  return reorder(JSON.parse(JSON.stringify(value))) as T;
}

const name = fc.string({ minLength: 1, maxLength: 12 });
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
const input = fc.dictionary(name, json, { maxKeys: 4 });
const call = fc.record({ action: name, input });

const plannedStep = fc
  .record(
    {
      id: name,
      name,
      action: name,
      actionVersion: fc.nat(9),
      input,
      stage: fc.nat(5),
      risk: fc.double({ min: 0, max: 1, noNaN: true }),
      timeoutMs: fc.nat(),
      onFailure: fc.constantFrom('rollback' as const, 'stop' as const, 'continue' as const),
      idempotent: fc.boolean(),
      pool: name,
      approval: fc.constantFrom('auto' as const, 'always' as const, 'never' as const),
      services: fc.array(name, { maxLength: 3 }),
      when: name,
      verify: call,
      rollback: fc.option(call),
    },
    {
      requiredKeys: [
        'id',
        'name',
        'action',
        'actionVersion',
        'input',
        'stage',
        'risk',
        'timeoutMs',
        'onFailure',
        'idempotent',
        'pool',
        'approval',
        'services',
      ],
    },
  )
  .map((given): PlannedStep => aPlannedStep(given.id, given));

const plan = fc
  .record({
    steps: fc.array(plannedStep, { minLength: 1, maxLength: 4 }),
    params: input,
    risk: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map((given): Plan => aPlan(given));

/** The stored form of a recovery of this plan, as `SNAPSHOT` reads it. */
function stored({ steps, ...body }: Plan): RecoveryRow {
  const { planDigest: plan_digest } = aRecovery({ plan: { steps, ...body } });
  const rows = steps.map(toDefinition).map((definition, position) => ({
    position,
    definition,
    state: 'pending' as const,
    attempts: 0,
    started_at: null,
    ended_at: null,
    next_attempt_at: null,
    before: null,
    first_before: null,
    result: null,
    error: null,
    approval_id: null,
    interruptions: 0,
  }));
  return {
    ...{
      id: 1,
      service: 'redis',
      state: 'SCHEDULED',
      plan_digest,
      request_digest: '',
      incident_id: null,
      requested_by: 'Ann',
      reason: '',
    },
    ...{
      origin: { platform: 'console' },
      priority: 5,
      constitution: '',
      claims: [],
      timeout_ms: 1,
      unverified: false,
      retry_of: null,
    },
    ...{
      created_at: T0,
      pool: 'default',
      epoch: 0,
      revision: 0,
      version: 1,
      owner: null,
      wake_at: null,
      attempts: 0,
      next_attempt_at: null,
    },
    ...{
      active_ms: '0',
      active_since: null,
      approval_id: null,
      cancel_by: null,
      outcome: null,
      started_at: null,
      ended_at: null,
    },
    retry: aRecovery().retry,
    plan: throughJsonb(body),
    steps: throughJsonb(rows),
  } as RecoveryRow;
}

describe("a plan's digest", () => {
  test('does not depend on the order of keys, and survives the store', () => {
    fc.assert(fc.property(plan, (given) => digestOf(throughJsonb(given)) === given.digest));
  });

  test('holds for the plan that the store gives back', () => {
    fc.assert(fc.property(plan, (given) => isIntact(toSnapshot(stored(given)))));
  });

  test('is another one when any leaf of any step is another', () => {
    fc.assert(
      fc.property(plan, fc.nat(), fc.nat(), (given, which, leaf) => {
        const changed = structuredClone(given);
        const step = changed.steps[which % changed.steps.length];
        changeLeaf(step, leaf);
        return digestOf(changed) !== given.digest;
      }),
      { numRuns: 1_000 },
    );
  });

  test('is another one when a rollback is given, withdrawn or declared impossible', () => {
    const rollback = { action: 'start_service', input: {} };
    const digests = [{}, { rollback }, { rollback: null }].map(
      (over) => aPlan({ steps: [aPlannedStep('a', over)] }).digest,
    );
    expect(new Set(digests).size).toBe(3);
  });

  test('is another one when steps change places', () => {
    const [a, b] = [aPlannedStep('a'), aPlannedStep('b')];
    expect(aPlan({ steps: [a, b] }).digest).not.toBe(aPlan({ steps: [b, a] }).digest);
  });

  test.each<[string, Partial<Plan>]>([
    ['service', { service: 'web' }],
    ['runbook', { name: 'other' }],
    ['kind', { kind: 'strategy' }],
    ['parameter', { params: { backup: 'redis_weekly' } }],
    ['incident', { incident: { severity: 0.9 } }],
    ['risk', { risk: 0.21 }],
    ['declared risk', { riskScore: 0.1 }],
    ["target's state", { targets: [{ service: 'redis', runtime: 'process', status: 'stopped', facts: {} }] }],
    ['verification', { verified: false }],
    ['policy', { policy: { need: 1, role: 'approver', rule: 'true' } }],
    ['constitution', { constitution: '0000000000000000' }],
  ])('is another one when the %s is another', (_, over) => expect(aPlan(over).digest).not.toBe(aPlan().digest));

  test.each<[string, Partial<Plan>]>([
    ['explanation', { explanation: 'worked 9 of 10 times' }],
    ['description', { description: 'x' }],
    ['alternatives', { alternatives: [{ kind: 'strategy', name: 'restart', reason: '' }] }],
    ['reasons for the risk', { riskReasons: ['x'] }],
  ])('is the same when only the words change: %s', (_, over) => expect(aPlan(over).digest).toBe(aPlan().digest));

  test('is 64 hex digits, of which people compare eight', () => {
    expect(aPlan().digest).toMatch(/^[0-9a-f]{64}$/);
    expect(shortDigest('7f3a91c2'.padEnd(64, '0'))).toBe('7f3a·91c2');
  });
});

describe('tampering with a stored plan is found', () => {
  const intact = (change: (row: RecoveryRow) => void) => {
    const row = stored(aPlan());
    change(row);
    return isIntact(toSnapshot(row));
  };
  const firstStep = (row: RecoveryRow) => row.steps?.[0]?.definition ?? Object.create(null);

  test.each<[string, (row: RecoveryRow) => void]>([
    ["a step's input", (row) => Object.assign(firstStep(row), { input: { service: 'billing' } })],
    ["a step's rollback", (row) => Object.assign(firstStep(row), { rollback: { action: 'run_command', input: {} } })],
    ['a step that was dropped', (row) => Object.assign(row, { steps: [] })],
    ['the policy', (row) => Object.assign(row.plan.policy, { need: 0, rule: 'true' })],
    ["the plan's own digest", (row) => Object.assign(row.plan, { digest: '0'.repeat(64) })],
    ["the recovery's digest", (row) => Object.assign(row, { plan_digest: '0'.repeat(64) })],
  ])('%s', (_, change) => expect(intact(change)).toBe(false));

  test('and nothing is found where nothing was done', () => expect(intact(() => {})).toBe(true));
});

test("a step's digest belongs to its plan, its id and its input", () => {
  const step = { id: 'a', action: 'stop_service', input: { service: 'redis' } };
  const digest = stepDigest('plan', step);
  expect(stepDigest('plan', { ...step })).toBe(digest);
  expect(stepDigest('other', step)).not.toBe(digest);
  expect(stepDigest('plan', { ...step, id: 'b' })).not.toBe(digest);
  expect(stepDigest('plan', { ...step, input: { service: 'web' } })).not.toBe(digest);
});

describe('the same request', () => {
  const request = { service: 'redis', runbook: 'redis_outage', params: { backup: 'a', to: 'b' } };

  test('has the same digest, whoever asks and why', () => {
    const again = {
      params: { to: 'b', backup: 'a' },
      reason: 'other',
      priority: 1,
      runbook: 'redis_outage',
      service: 'redis',
    };
    expect(requestDigest(again)).toBe(requestDigest(request));
    expect(requestDigest({ service: 'redis', params: {} })).toBe(requestDigest({ service: 'redis' }));
  });

  test.each([{ service: 'web' }, { runbook: 'x' }, { strategy: 'restart' }, { params: { backup: 'b', to: 'b' } }])(
    'is another with %j',
    (over) => {
      expect(requestDigest({ ...request, ...over })).not.toBe(requestDigest(request));
    },
  );
});

/** Changes one leaf of a value in place, picked by `pick`; an empty list or mapping gets one. */
function changeLeaf(value: unknown, pick: number): void {
  const leaves: (() => void)[] = [];
  const visit = (holder: Record<string, unknown>, key: string): void => {
    const inner = holder[key];
    if (typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0) {
      for (const each of Object.keys(inner)) visit(inner as Record<string, unknown>, each);
      return;
    }
    leaves.push(() => {
      holder[key] = other(inner);
    });
  };
  visit({ value }, 'value');
  leaves[pick % leaves.length]?.();
}

function other(leaf: unknown): unknown {
  if (typeof leaf === 'boolean') return !leaf;
  if (typeof leaf === 'number') return leaf === 1 ? 2 : 1;
  if (typeof leaf === 'string') return `${leaf}x`;
  return leaf === null ? 'x' : ['x'];
}
