import { z } from 'zod';
import { RETRY_STRATEGIES, type RetryStrategy } from '../../engine/model/retry-policy.js';
import { SERVICE_NAME } from '../../engine/model/service.js';
import { RecoveryValidationError } from './errors.js';
import { RecoveryPolicy } from './recovery-policy.js';
import { camelKeys } from './snake-case.js';

export interface ScheduleOptions {
  /** How failures are retried; default: as the service's policy was set, else `exponential_backoff`. */
  strategy?: RetryStrategy;
  /** 1 is first, 10 last; default 1. */
  priority?: number;
  /** For this recovery alone; default: the one that was set for the service. */
  policy?: RecoveryPolicy;
}

export interface ScheduleRequest extends ScheduleOptions {
  serviceName: string;
}

/**
 * The document calls with keywords and with places; here both are: `(name, { strategy, priority, policy })`,
 * `(name, strategy, priority, policy)` and `({ serviceName, ... })`, its own `service_name` included.
 */
export type ScheduleArguments =
  | [serviceName: string, options?: ScheduleOptions]
  | [serviceName: string, strategy?: RetryStrategy, priority?: number, policy?: RecoveryPolicy]
  | [request: ScheduleRequest | (ScheduleOptions & { service_name: string })];

/** Throws `RecoveryValidationError` that names the argument and what is allowed. */
export function scheduleRequest([first, second, priority, policy]: ScheduleArguments) {
  const named = typeof first === 'string' ? { serviceName: first, ...afterName(second, priority, policy) } : first;
  const read = request.safeParse(camelKeys(named));
  if (read.success) return { ...read.data, serviceName: serviceName(read.data.serviceName) };
  const [issue] = read.error.issues;
  throw new RecoveryValidationError(`${issue?.path.join('.') || 'arguments'}: ${issue?.message ?? 'not allowed'}.`);
}

/** Throws `RecoveryValidationError` for what cannot be the name of a service. */
export function serviceName(name: unknown): string {
  if (typeof name === 'string' && SERVICE_NAME.test(name)) return name;
  throw new RecoveryValidationError(
    `serviceName: ${JSON.stringify(name)} is not allowed; expected letters, digits, ".", "_" and "-", at most 63.`,
  );
}

const PRIORITY = 'expected a whole number from 1 (first) to 10 (last)';

const request = z.strictObject({
  serviceName: z.string(),
  strategy: z.enum(RETRY_STRATEGIES, `expected one of ${RETRY_STRATEGIES.join(', ')}`).optional(),
  priority: z.int(PRIORITY).min(1, PRIORITY).max(10, PRIORITY).default(1),
  policy: z.instanceof(RecoveryPolicy, { message: 'expected a RecoveryPolicy' }).optional(),
});

function afterName(second: ScheduleOptions | RetryStrategy | undefined, priority?: number, policy?: RecoveryPolicy) {
  return typeof second === 'object' ? second : { strategy: second, priority, policy };
}
