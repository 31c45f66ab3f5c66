import { recoveryName, type Snapshot } from '../../engine/model/recovery.js';
import { retryDelayMs } from '../../engine/model/retry-policy.js';
import type { SetPolicy } from '../../engine/recovery-policies/recovery-policy.js';

/** How one recovery of a service stands; times are ISO 8601. */
export interface ServiceRecovery {
  /** Lower-case, `idle` where there is none. */
  state: string;
  strategy: string;
  priority: number | null;
  attempt_count: number;
  max_attempts: number;
  scheduled_at: string | null;
  last_attempt_at: string | null;
  next_attempt_at: string | null;
}

/** What became of a recovery, as the document names it. */
export interface RecoveryResult {
  /** `R-12` */
  recovery: string;
  service_name: string;
  success: boolean;
  state: string;
  strategy: string;
  attempt_number: number;
  total_attempts: number;
  /** Of its attempts; waits between them are not counted. */
  elapsed_time_ms: number;
  /** null: nothing could tell. */
  health_check_passed: boolean | null;
  error_message: string | null;
  constitutional_hash: string;
  timestamp: string;
}

export interface RecoveryStatus {
  constitutional_hash: string;
  timestamp: string;
  orchestrator_running: boolean;
  /** All that have not ended, those in the queue included. */
  active_recoveries: number;
  /** Of them, those that wait for their turn or their next attempt. */
  queued_recoveries: number;
  services: Record<string, ServiceRecovery>;
  /** The last ten, the latest first. */
  recent_history: RecoveryResult[];
}

export interface StatusFacts {
  active: readonly Snapshot[];
  /** Latest first. */
  ended: readonly Snapshot[];
  policies: readonly SetPolicy[];
  hash: string;
  running: boolean;
  now: Date;
}

export function toStatus({ active, ended, policies, hash, running, now }: StatusFacts): RecoveryStatus {
  // What is said of a service first holds: it is active, else its latest end.
  const services = new Map<string, ServiceRecovery>();
  for (const snapshot of [...active, ...ended])
    if (!services.has(snapshot.recovery.service)) services.set(snapshot.recovery.service, toService(snapshot));
  for (const set of policies) if (!services.has(set.service)) services.set(set.service, idle(set));
  return {
    constitutional_hash: hash,
    timestamp: now.toISOString(),
    orchestrator_running: running,
    active_recoveries: active.length,
    queued_recoveries: active.filter(({ recovery }) => recovery.state === 'SCHEDULED').length,
    services: Object.fromEntries(services),
    recent_history: ended.map(toResult),
  };
}

export function toResult({ recovery, steps }: Snapshot): RecoveryResult {
  const success = recovery.state === 'SUCCEEDED';
  const [step] = steps;
  const passed = step?.result?.health_check_passed === true ? true : step?.error?.code === 'unhealthy' ? false : null;
  return {
    recovery: recoveryName(recovery.id),
    service_name: recovery.service,
    success,
    state: recovery.state.toLowerCase(),
    strategy: recovery.retry.strategy,
    attempt_number: recovery.attempts,
    total_attempts: recovery.retry.maxRetryAttempts,
    elapsed_time_ms: recovery.activeMs,
    health_check_passed: passed,
    error_message: success ? null : (step?.error?.message ?? recovery.outcome?.message ?? null),
    constitutional_hash: recovery.constitution,
    timestamp: (recovery.endedAt ?? recovery.createdAt).toISOString(),
  };
}

function toService(snapshot: Snapshot): ServiceRecovery {
  const { state, retry, priority, attempts, createdAt, nextAttemptAt } = snapshot.recovery;
  return {
    state: state.toLowerCase(),
    strategy: retry.strategy,
    priority,
    attempt_count: attempts,
    max_attempts: retry.maxRetryAttempts,
    scheduled_at: createdAt.toISOString(),
    last_attempt_at: lastAttemptAt(snapshot)?.toISOString() ?? null,
    next_attempt_at: nextAttemptAt?.toISOString() ?? null,
  };
}

/** When the latest attempt began; between two attempts when it ended, since the next one has a fresh step. */
function lastAttemptAt({ recovery, steps: [step] }: Snapshot): Date | null {
  const { nextAttemptAt, retry, attempts, startedAt } = recovery;
  if (step?.startedAt) return step.startedAt;
  return nextAttemptAt ? new Date(nextAttemptAt.getTime() - retryDelayMs(retry, attempts)) : startedAt;
}

function idle({ policy }: SetPolicy): ServiceRecovery {
  return {
    state: 'idle',
    strategy: policy.strategy,
    priority: null,
    attempt_count: 0,
    max_attempts: policy.maxRetryAttempts,
    scheduled_at: null,
    last_attempt_at: null,
    next_attempt_at: null,
  };
}
