import { BulkheadRejectedError, bulkhead, TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import { formatDuration } from '../model/duration.js';
import { UserError } from '../model/errors.js';
import type { BreakerSettings } from '../model/service.js';

/** Too many calls at once, or none in time. */
export class CallLimited extends UserError {
  constructor(
    /** `full`: the call was not made; this says nothing about the service. `late`: it was made, and may still have its effect. */
    readonly limit: 'full' | 'late',
    message: string,
    service: string,
  ) {
    super('unavailable', message, { service });
  }
}

export interface CallLimits {
  /** Makes the call with a signal that aborts when its time is over or the caller's own aborts. */
  run<T>(call: (signal: AbortSignal) => PromiseLike<T> | T, signal: AbortSignal | undefined): Promise<T>;
  /** Calls that are made now. */
  readonly active: number;
}

/** So many calls at once, each for so long. Cockatiel's bulkhead tells nobody what became of a call: its caller does. */
export function createCallLimits(service: string, settings: BreakerSettings): CallLimits {
  const { maxConcurrentCalls, requestTimeoutMs } = settings;
  const places = bulkhead(maxConcurrentCalls);
  // Whoever calls gets an answer in time, also from a call that does not heed its signal; what it gave may be read on after.
  const inTime = timeout(requestTimeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
  return {
    get active() {
      return maxConcurrentCalls - places.executionSlots;
    },
    async run(call, signal) {
      try {
        return await places.execute(() => inTime.execute((_context, own) => call(own), signal));
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof BulkheadRejectedError)
          throw new CallLimited(
            'full',
            `${service} has ${maxConcurrentCalls} calls at once already (max_concurrent_calls); this one was not made. Try again later.`,
            service,
          );
        if (error instanceof TaskCancelledError)
          throw new CallLimited(
            'late',
            `${service} did not answer within ${formatDuration(requestTimeoutMs)} (request_timeout); whether the call had its effect is not known.`,
            service,
          );
        throw error;
      }
    },
  };
}
