import { RETRY_STRATEGIES, type RetryStrategy } from '../../engine/model/retry-policy.js';
import type { STRATEGIES } from '../../engine/model/service.js';

/** The constitutional hash of the documents: what every operation is validated against unless a program has its own. */
export const CONSTITUTIONAL_HASH = 'cdd01ef066bc6cf2';

/**
 * The strategies of both documents under their names: the first four say how `RecoveryOrchestrator` retries, the others
 * what `AutoRecoverySystem` does.
 */
export const RecoveryStrategy = {
  EXPONENTIAL_BACKOFF: 'exponential_backoff',
  LINEAR_BACKOFF: 'linear_backoff',
  IMMEDIATE: 'immediate',
  MANUAL: 'manual',
  RESTART: 'restart',
  ROLLBACK: 'rollback',
  CIRCUIT_BREAK: 'circuit_break',
  SCALE_UP: 'scale_up',
  SCALE_DOWN: 'scale_down',
  FAILOVER: 'failover',
  RECREATE: 'recreate',
  HYBRID: 'hybrid',
} as const satisfies Record<string, RetryStrategy | (typeof STRATEGIES)[number]>;

/** How a recovery is retried. */
export type RecoveryStrategy = RetryStrategy;

export { RETRY_STRATEGIES };

/** States of a service, as the document writes them. */
export const RecoveryState = {
  IDLE: 'idle',
  SCHEDULED: 'scheduled',
  IN_PROGRESS: 'in_progress',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  AWAITING_MANUAL: 'awaiting_manual',
} as const;
