/** The time of a bounded piece of work was over before it ended. */
export class TimeOver extends Error {}

/** A signal that aborts after `ms` with `TimeOver`, or when `outer` does with its reason. `clear` ends the timer. */
export function deadline(ms: number, outer?: AbortSignal): { signal: AbortSignal; clear(): void } {
  const own = new AbortController();
  const pass = () => own.abort(outer?.reason);
  const timer = setTimeout(() => own.abort(new TimeOver(`no end after ${ms} ms`)), ms);
  if (outer?.aborted) pass();
  else outer?.addEventListener('abort', pass, { once: true });
  return {
    signal: own.signal,
    clear() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', pass);
    },
  };
}

/** Runs `work` under a deadline, and rejects at the abort also where `work` goes on. */
export async function within<T>(
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, clear } = deadline(ms, outer);
  try {
    signal.throwIfAborted();
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return await Promise.race([work(signal), aborted]);
  } finally {
    clear();
  }
}
