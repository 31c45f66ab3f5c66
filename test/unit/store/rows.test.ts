import { describe, expect, test } from '@jest/globals';
import type { PlannedStep } from '../../../src/engine/model/plan.js';
import { toDefinition } from '../../../src/engine/recovery/step-definition.js';
import { definitionOf, type StepRow, toApproval, toEvent, toSnapshot } from '../../../src/store/rows.js';
import { aPlan, aPlannedStep, aRecovery, aStep, at, T0 } from '../../support/builders.js';

const ROW = {
  ...{
    id: 12,
    service: 'redis',
    state: 'IN_PROGRESS' as const,
    request_digest: 'r',
    incident_id: null,
    requested_by: 'Ann',
    reason: '',
  },
  ...{
    origin: { platform: 'console' },
    priority: 5,
    constitution: 'c',
    claims: ['redis'],
    timeout_ms: 1,
    unverified: false,
    retry_of: null,
  },
  ...{
    created_at: T0,
    pool: 'default',
    epoch: 1,
    revision: 2,
    version: 3,
    owner: 'w1',
    wake_at: T0,
    attempts: 1,
    next_attempt_at: null,
  },
  ...{
    active_ms: '12000',
    active_since: T0,
    approval_id: null,
    cancel_by: null,
    outcome: null,
    started_at: T0,
    ended_at: null,
  },
  retry: aRecovery().retry,
};

function stored(steps: PlannedStep[], over: Partial<StepRow> = {}) {
  const { steps: _, ...body } = aPlan({ steps });
  const empty = {
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
  };
  const rows = steps.map(
    (step, position): StepRow => ({ position, definition: toDefinition(step), state: 'pending', ...empty, ...over }),
  );
  return { ...ROW, plan: body, plan_digest: body.digest, steps: rows };
}

describe('a planned step comes back as it was, and as a step that runs', () => {
  test.each<[string, Partial<PlannedStep>, ReturnType<typeof aStep>['rollback']]>([
    ['without a rollback of its own', {}, 'inverse'],
    ['declared irreversible', { rollback: null }, null],
    [
      'with a rollback',
      { rollback: { action: 'start_service', input: { service: 'redis' } } },
      { action: 'start_service', input: { service: 'redis' } },
    ],
    [
      'with everything else',
      { when: 'true', verify: { action: 'check_health', input: {} }, actionVersion: 4 },
      'inverse',
    ],
  ])('%s', (_, over, rollback) => {
    const planned = aPlannedStep('a', over);
    const { recovery, steps } = toSnapshot(stored([planned]));
    expect(recovery.plan.steps).toEqual([planned]);
    expect(steps[0]).toMatchObject({
      kind: 'do',
      undoes: null,
      rollback,
      when: planned.when ?? null,
      verify: planned.verify ?? null,
    });
  });
});

test('the snapshot has a step row for each, undo steps too, but these are no part of the plan', () => {
  const undo = aStep(1, { kind: 'undo', undoes: 0 });
  const row = stored([aPlannedStep('a')]);
  const [first] = row.steps;
  if (!first) throw new Error('no step');
  const { recovery, steps } = toSnapshot({
    ...row,
    steps: [first, { ...first, position: 1, definition: definitionOf(undo) }],
  });
  expect(steps[1]).toEqual(undo);
  expect(recovery.plan.steps).toHaveLength(1);
});

test('times are dates, also those that come as text inside JSON, and numbers are numbers', () => {
  const { recovery, steps } = toSnapshot(
    stored([aPlannedStep('a')], { started_at: '2026-11-22T12:00:00+00:00', next_attempt_at: at(5).toISOString() }),
  );
  expect(steps[0]).toMatchObject({ startedAt: T0, nextAttemptAt: at(5), endedAt: null });
  expect(recovery.activeMs).toBe(12_000);
});

test('a recovery without steps is read too', () => {
  expect(toSnapshot({ ...stored([]), steps: null })).toMatchObject({
    steps: [],
    recovery: { id: 12, plan: { steps: [] } },
  });
});

test('an approval has its decisions with the time of each', () => {
  const decision = {
    principal: 'Lee',
    roles: ['approver' as const],
    by_group: [],
    verdict: 'approve' as const,
    via: 'slack',
    at: '2026-11-22T12:00:00+00:00',
  };
  const row = {
    ...{
      id: 'q',
      recovery_id: 12,
      step: null,
      digest: 'd',
      need: 1,
      role: 'approver' as const,
      including: null,
      requested_by: 'Ann',
    },
    ...{
      state: 'approved' as const,
      owner: null,
      created_at: T0,
      expires_at: at(1),
      decided_at: T0,
      use_before: at(2),
      detail: null,
      decisions: [decision],
    },
  };
  expect(toApproval(row)).toMatchObject({
    recoveryId: 12,
    decisions: [{ principal: 'Lee', at: T0 }],
    useBefore: at(2),
  });
  expect(toApproval({ ...row, decisions: null }).decisions).toEqual([]);
  expect(toApproval({ ...row, owner: 'Ann' }).owner).toBe('Ann');
  expect(toApproval(row)).not.toHaveProperty('owner');
});

test('an event has a number as its id', () => {
  expect(
    toEvent({ id: '41', at: T0, xid: '9', recovery_id: 12, kind: 'step.started', actor: 'reviver', data: { step: 0 } }),
  ).toEqual({
    id: 41,
    at: T0,
    recoveryId: 12,
    kind: 'step.started',
    actor: 'reviver',
    data: { step: 0 },
  });
});
