import { formatDuration, parseDuration } from '../../model/duration.js';
import { InvalidInput } from '../../model/errors.js';
import { type RetryPolicy, retryDelayMs } from '../../model/retry-policy.js';
import { retryOf } from '../../planner/compile.js';
import type { LongStep } from '../../planner/runbook.js';
import type { Found, Rule } from '../rule.js';

const LONGEST_MS = 3_600_000;
/** More attempts are not added up. */
const MOST_ATTEMPTS = 10_000;

export const unboundedWait: Rule = {
  id: 'unbounded-wait',
  severity: 'error',
  why: 'Who waits for more than an hour in an incident waits for ever.',
  fix: 'Let timeout, and all delays of retry together, be at most 1h.',
  find: ({ steps }) =>
    steps.flatMap(({ long, path }): Found[] => {
      if (!long) return [];
      const timeoutMs = duration(long.timeout);
      const delaysMs = delaysOf(long);
      return [
        ...(timeoutMs > LONGEST_MS
          ? [{ path: [...path, 'timeout'], says: `it may take ${formatDuration(timeoutMs)}` }]
          : []),
        ...(delaysMs > LONGEST_MS
          ? [{ path: [...path, 'retry'], says: `its delays add up to ${formatDuration(delaysMs)} and more` }]
          : []),
      ];
    }),
};

export const unsaidWait: Rule = {
  id: 'unsaid-wait',
  severity: 'warning',
  why: 'Whoever reads the runbook at night cannot tell how long it waits.',
  fix: 'Say how long: "for: 60s" is what it would be.',
  find: ({ steps }) =>
    steps.flatMap(({ call, long, path }) =>
      call?.name === 'wait_for' &&
      call.input?.for === undefined &&
      call.input !== undefined &&
      long?.timeout === undefined
        ? [{ path, says: 'it waits, and does not say how long' }]
        : [],
    ),
};

export const longerThanRecovery: Rule = {
  id: 'longer-than-recovery',
  severity: 'warning',
  why: 'The time for the whole recovery ends before that of the step.',
  fix: 'Shorten the step, or give the runbook a recovery_timeout that is long enough.',
  find: ({ steps, runbook, surroundings: { configured } }) => {
    const wholeMs = duration(runbook.recovery_timeout) || configured?.recoveryTimeoutMs;
    return steps.flatMap(({ call, long, path }) => {
      const waits = [
        { key: ['timeout'], ms: duration(long?.timeout) },
        { key: ['with', 'for'], ms: duration(call?.input?.for) },
        { key: ['with', 'within'], ms: duration(call?.input?.within) },
      ];
      return waits.flatMap(({ key, ms }) =>
        wholeMs !== undefined && ms > wholeMs
          ? [
              {
                path: [...path, ...key],
                says: `${formatDuration(ms)}, and a recovery has ${formatDuration(wholeMs)}`,
              },
            ]
          : [],
      );
    });
  },
};

/** 0 for what is not said, or no duration: that is told elsewhere. */
function duration(given: unknown): number {
  if (typeof given !== 'string' && typeof given !== 'number') return 0;
  try {
    return parseDuration(given);
  } catch {
    return 0;
  }
}

/** Up to where they are too long. */
function delaysOf({ retry }: LongStep): number {
  const policy = retry && policyOf(retry);
  if (!policy) return 0;
  let sum = 0;
  const last = Math.min(policy.maxRetryAttempts, MOST_ATTEMPTS);
  for (let attempt = 1; attempt < last && sum <= LONGEST_MS; attempt += 1) sum += retryDelayMs(policy, attempt);
  return last === MOST_ATTEMPTS ? Math.max(sum, LONGEST_MS + 1) : sum;
}

function policyOf(given: NonNullable<LongStep['retry']>): RetryPolicy | undefined {
  try {
    return retryOf(given, '');
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}
