import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { Action, BackupCatalog, BackupRecord } from '../../src/engine/actions/action.js';
import { type BreakerView, viewOfBreaker } from '../../src/engine/breakers/view.js';
import type { Approval } from '../../src/engine/model/approval.js';
import type { Circumstances, Plan, PlannedStep } from '../../src/engine/model/plan.js';
import { type Recovery, type RecoveryStep, type Snapshot, UNBEGUN } from '../../src/engine/model/recovery.js';
import { NO_RETRY } from '../../src/engine/model/retry-policy.js';
import type { BreakerSettings, Service } from '../../src/engine/model/service.js';
import { planDigest } from '../../src/engine/planner/digest.js';
import type { SnapshotCatalog } from '../../src/engine/snapshots/snapshot.js';

/** The moment at which every built thing lives; `at(ms)` is later by that much. */
export const T0 = new Date('2026-11-22T12:00:00.000Z');
export const at = (ms: number) => new Date(T0.getTime() + ms);

export function aPlannedStep(id: string, over: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id,
    name: id,
    action: 'stop_service',
    actionVersion: 1,
    input: { service: 'redis' },
    stage: 0,
    risk: 0.2,
    timeoutMs: 30_000,
    retry: NO_RETRY,
    onFailure: 'rollback',
    idempotent: false,
    pool: 'default',
    approval: 'auto',
    services: ['redis'],
    ...over,
  };
}

/** A plan whose digest is true. */
export function aPlan({ steps = [aPlannedStep('a')], ...over }: Partial<Plan> = {}): Plan {
  const body = {
    service: 'redis',
    kind: 'runbook' as const,
    name: 'redis_outage',
    description: 'Plan for Redis failure',
    params: {},
    riskScore: 0.2,
    risk: 0.2,
    riskReasons: [],
    explanation: 'no history for redis yet',
    alternatives: [],
    targets: [{ service: 'redis', runtime: 'process', status: 'running', facts: {} }],
    verified: true,
    policy: { need: 0, rule: 'risk < 0.3' },
    constitution: 'cdd01ef066bc6cf2',
    ...over,
  };
  return { ...body, steps, digest: over.digest ?? planDigest(body, steps) };
}

/** A planned step as a row of a recovery, not begun unless `over` says so. */
export function aStep(position: number, over: Partial<RecoveryStep> = {}): RecoveryStep {
  const { actionVersion: _, ...planned } = aPlannedStep(`s${position}`, { name: `Step ${position}` });
  return {
    ...planned,
    position,
    stage: position,
    kind: 'do',
    undoes: null,
    when: null,
    verify: null,
    rollback: 'inverse',
    ...UNBEGUN,
    approvalId: null,
    interruptions: 0,
    ...over,
  };
}

export function aRecovery(over: Partial<Recovery> = {}): Recovery {
  const plan = over.plan ?? aPlan();
  return {
    id: 12,
    service: 'redis',
    state: 'SCHEDULED',
    plan,
    planDigest: plan.digest,
    requestDigest: 'request',
    incidentId: null,
    requestedBy: 'Ann',
    reason: '',
    origin: { platform: 'console', channel: 'incidents' },
    priority: 5,
    constitution: plan.constitution,
    claims: ['redis'],
    pool: 'default',
    epoch: 0,
    owner: null,
    revision: 0,
    version: 1,
    wakeAt: T0,
    attempts: 0,
    nextAttemptAt: null,
    retry: NO_RETRY,
    activeMs: 0,
    activeSince: null,
    timeoutMs: 300_000,
    approvalId: null,
    cancelBy: null,
    unverified: false,
    outcome: null,
    retryOf: null,
    createdAt: T0,
    startedAt: null,
    endedAt: null,
    ...over,
  };
}

export function aSnapshot(steps: RecoveryStep[] = [aStep(0)], recovery: Partial<Recovery> = {}): Snapshot {
  return { recovery: aRecovery(recovery), steps };
}

export function anApproval(over: Partial<Approval> = {}): Approval {
  return {
    id: 'question-1',
    recoveryId: 12,
    step: null,
    digest: '7f3a91c2'.padEnd(64, '0'),
    need: 1,
    role: 'approver',
    including: null,
    requestedBy: 'Ann',
    state: 'pending',
    decisions: [],
    createdAt: T0,
    expiresAt: at(15 * 60_000),
    decidedAt: null,
    useBefore: null,
    ...over,
  };
}

export function aService(name: string, over: Partial<Service> = {}): Service {
  return {
    name,
    runtime: 'process',
    health: [],
    recoveryStrategies: [],
    maxRecoveryAttempts: 3,
    criticality: 'medium',
    priority: 5,
    dependsOn: [],
    ...over,
  };
}

/** The defaults of the source document. */
export function breakerSettings(over: Partial<BreakerSettings> = {}): BreakerSettings {
  return {
    enabled: true,
    failureThreshold: 5,
    failureRateThreshold: 0.5,
    openMs: 60_000,
    maxOpenMs: 600_000,
    requestTimeoutMs: 30_000,
    maxConcurrentCalls: 100,
    ...over,
  };
}

/** A closed breaker, unless `over` says otherwise. */
export function aBreaker(service: string, over: Partial<BreakerView> = {}): BreakerView {
  return { ...viewOfBreaker(service, { enabled: true }, undefined, T0.getTime()), ...over };
}

/** An action on a service that does nothing. */
export function anAction(name: string, over: Partial<Action> = {}): Action {
  return {
    name,
    description: name,
    version: 1,
    input: z.strictObject({ service: z.string() }),
    shorthand: 'service',
    risk: 0.2,
    idempotent: false,
    timeoutMs: 30_000,
    services: ({ service }) => [String(service)],
    title: ({ service }) => `${name} ${service}`,
    run: async () => ({}),
    ...over,
  };
}

/** One backup, `redis_backup` of redis. */
export const ONE_BACKUP: BackupCatalog = {
  list: async (name) => (name === BACKUP.name ? [BACKUP] : []),
  begin: () => Promise.reject(new Error('this catalog takes nothing')),
  opened: (record, _, use) => use(record),
  data: ({ file }) => createReadStream(file),
  service: (name) => (name === BACKUP.name || name === BACKUP.id ? BACKUP.service : undefined),
  names: () => [BACKUP.name],
};

const BACKUP: BackupRecord = {
  id: 'redis_backup-20261122T041500',
  name: 'redis_backup',
  service: 'redis',
  kind: 'redis',
  file: '/backups/redis_backup.rdb',
  sha256: '0'.repeat(64),
  bytes: 1,
  items: 1_204,
  createdAt: T0,
};

export const calm = (over: Partial<Circumstances> = {}): Circumstances => ({
  freezes: [],
  dependents: [],
  recentFailures: 0,
  ...over,
});

export const NO_SNAPSHOTS: SnapshotCatalog = {
  list: async () => [],
  take: () => Promise.reject(new Error('this catalog takes nothing')),
  open: () => Promise.reject(new Error('this catalog has nothing')),
  prune: async () => 0,
};
