import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or until `signal` aborts; never throws. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** The delay after so many failures in a row, from 1 on; the last of the list repeats. */
export function delayAfter(failures: number, delays: readonly number[]): number {
  return delays[Math.min(failures, delays.length) - 1] ?? 1_000;
}
