import { z } from 'zod';
import type { Maintenance, Status } from '../../engine/engine.js';
import type { Availability } from '../../engine/health/availability.js';
import { type Recovery, recoveryName } from '../../engine/model/recovery.js';
import type { Service } from '../../engine/model/service.js';
import { breakerJson, toBreakerJson } from './breaker.js';
import { iso, moment } from './moment.js';
import { planName } from './recovery.js';

const serviceJson = z.strictObject({
  state: z.string().describe('A state of a recovery, or IDLE'),
  health: z.enum(['healthy', 'unhealthy', 'unknown']),
  health_detail: z.string(),
  health_since: moment,
  flapping: z.boolean().describe('It falls ill again and again'),
  caused_by: z.string().nullable().describe('The unhealthy service that it depends on, whose incident tells of it'),
  maintenance: z
    .strictObject({ since: moment, until: moment, reason: z.string(), by: z.string() })
    .nullable()
    .describe('Planned work: no incident opens, nobody is paged'),
  availability: z
    .strictObject({
      percent: z.number().nullable(),
      target_availability: z.number().nullable(),
      down_seconds: z.number(),
      unknown_seconds: z.number(),
      maintenance_seconds: z.number(),
      error_budget_seconds: z.number().nullable(),
      error_budget_left: z.number().nullable().describe('1 is all of it, below 0 is overdrawn'),
    })
    .nullable()
    .describe('Of the last 30 days; null: nothing is known'),
  consecutive_failures: z.int(),
  recovery: z.string().nullable().describe('Such as R-12'),
  runbook: z.string().optional(),
  strategy: z.string().optional(),
  retry_strategy: z.string().nullable(),
  priority: z.int(),
  criticality: z.string(),
  attempt_count: z.int(),
  max_attempts: z.int(),
  scheduled_at: moment,
  last_attempt_at: moment,
  next_attempt_at: moment,
});

/** A finished recovery in the Recovery Orchestrator document's form. */
const historyJson = z.strictObject({
  service_name: z.string(),
  state: z.string().describe('In lower case'),
  elapsed_time_ms: z.number(),
  recovery: z.string(),
  runbook: z.string().optional(),
  strategy: z.string().optional(),
  attempt_count: z.int(),
  started_at: moment,
  ended_at: moment,
  constitutional_hash: z.string(),
});

export const statusJson = z.strictObject({
  constitutional_hash: z.string(),
  timestamp: moment,
  orchestrator_running: z.boolean().describe('At least one worker is alive'),
  active_recoveries: z.int(),
  queued_recoveries: z.int(),
  awaiting_people: z.int(),
  unknown_outcomes: z.int(),
  services: z.record(z.string(), serviceJson),
  circuit_breakers: z.record(z.string(), breakerJson),
  recent_history: z.array(historyJson),
  workers: z.array(
    z.strictObject({
      id: z.string(),
      host: z.string(),
      version: z.string().describe('Of Reviver'),
      pools: z.array(z.string()),
      running: z.int(),
      seen_at: moment.describe('Its last heartbeat'),
    }),
  ),
  parts: z.strictObject({ postgres: z.enum(['ok', 'down']), redis: z.enum(['ok', 'down']) }),
});
export type StatusJson = z.infer<typeof statusJson>;

/** `recoveries` are those that may be the current one of a service. */
export function toStatusJson(
  status: Status,
  services: Service[],
  recoveries: Recovery[],
  constitutionalHash: string,
  now: Date,
): StatusJson {
  const byId = new Map(recoveries.map((recovery) => [recovery.id, recovery]));
  return {
    constitutional_hash: constitutionalHash,
    timestamp: iso(now),
    orchestrator_running: status.workers.length > 0,
    active_recoveries: status.activeRecoveries,
    queued_recoveries: status.queuedRecoveries,
    awaiting_people: status.awaitingPeople,
    unknown_outcomes: status.unknownOutcomes,
    services: Object.fromEntries(
      services.map((service) => {
        const current = status.services[service.name];
        return [service.name, toServiceJson(service, current, byId.get(current?.recoveryId ?? -1))];
      }),
    ),
    circuit_breakers: Object.fromEntries(
      Object.entries(status.breakers).map(([name, breaker]) => [name, toBreakerJson(breaker)]),
    ),
    recent_history: status.recent.map(toHistoryJson),
    workers: status.workers.map(({ id, host, version, pools, running, beatAt }) => ({
      id,
      host,
      version,
      pools,
      running,
      seen_at: iso(beatAt),
    })),
    parts: { postgres: status.postgres, redis: status.redis },
  };
}

function toServiceJson(
  service: Service,
  current: Status['services'][string] | undefined,
  recovery: Recovery | undefined,
): z.infer<typeof serviceJson> {
  return {
    state: current?.recovery ?? 'IDLE',
    health: current?.status ?? 'unknown',
    health_detail: current?.detail ?? 'not checked yet',
    health_since: iso(current?.since ?? null),
    flapping: current?.flapping ?? false,
    caused_by: current?.causedBy ?? null,
    maintenance: toMaintenanceJson(current?.maintenance),
    availability: toAvailabilityJson(current?.availability),
    consecutive_failures: current?.consecutiveFailures ?? 0,
    recovery: current?.recoveryId ? recoveryName(current.recoveryId) : null,
    ...(recovery ? planName(recovery.plan) : {}),
    retry_strategy: recovery?.retry.strategy ?? current?.retryStrategy ?? service.retryPolicy?.strategy ?? null,
    priority: recovery?.priority ?? service.priority,
    criticality: service.criticality,
    attempt_count: recovery?.attempts ?? 0,
    max_attempts: service.maxRecoveryAttempts,
    scheduled_at: iso(recovery?.createdAt ?? null),
    last_attempt_at: iso(recovery?.startedAt ?? null),
    next_attempt_at: iso(recovery?.nextAttemptAt ?? null),
  };
}

function toMaintenanceJson(one: Maintenance | undefined): z.infer<typeof serviceJson>['maintenance'] {
  return one ? { since: iso(one.since), until: iso(one.until), reason: one.reason, by: one.by } : null;
}

function toAvailabilityJson(one: Availability | undefined): z.infer<typeof serviceJson>['availability'] {
  if (!one) return null;
  return {
    percent: one.percent ?? null,
    target_availability: one.target ?? null,
    down_seconds: one.downMs / 1_000,
    unknown_seconds: one.unknownMs / 1_000,
    maintenance_seconds: one.maintenanceMs / 1_000,
    error_budget_seconds: one.budget ? one.budget.allowedMs / 1_000 : null,
    error_budget_left: one.budget?.left ?? null,
  };
}

function toHistoryJson(recovery: Recovery): z.infer<typeof historyJson> {
  const { startedAt, endedAt } = recovery;
  return {
    service_name: recovery.service,
    state: recovery.state.toLowerCase(),
    elapsed_time_ms: startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : recovery.activeMs,
    recovery: recoveryName(recovery.id),
    ...planName(recovery.plan),
    attempt_count: recovery.attempts,
    started_at: iso(startedAt),
    ended_at: iso(endedAt),
    constitutional_hash: recovery.constitution,
  };
}
