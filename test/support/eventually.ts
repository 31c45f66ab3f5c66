import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `fn` resolves to something truthy, or to nothing at all without throwing (`expect` calls inside), and
 * resolves to it. When time is over, the last error is thrown.
 */
export async function eventually<T>(
  fn: () => T | Promise<T>,
  { timeoutMs = 5_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const attempt = await tryOnce(fn);
    if (attempt.ok) return attempt.value;
    if (Date.now() >= deadline) throw late(attempt.error, timeoutMs);
    await sleep(everyMs);
  }
}

type Attempt<T> = { ok: true; value: T } | { ok: false; error: unknown };

async function tryOnce<T>(fn: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    const value = await fn();
    if (value || value === undefined) return { ok: true, value };
    return { ok: false, error: new Error(`still ${JSON.stringify(value)}`) };
  } catch (error) {
    return { ok: false, error };
  }
}

function late(error: unknown, timeoutMs: number): Error {
  const last = error instanceof Error ? error.message : String(error);
  return new Error(`Not so within ${timeoutMs} ms; the last time: ${last}`, { cause: error });
}
