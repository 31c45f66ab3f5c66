import { setTimeout as delay } from 'node:timers/promises';

/** The worker's right to act: renewed by its beats, over when it could not renew it in time (D3). */
export interface Lease {
  holds(): boolean;
  /** Resolves when it holds (again); rejects on abort. */
  renewed(signal: AbortSignal): Promise<void>;
}

const LOOK_EVERY_MS = 50;

/**
 * `ms` is less than what others wait for before they take over, by what it takes to stop. A renewal counts from when it
 * was asked for: the store may have written it any time after.
 */
export function createLease(ms: number): Lease & { renew(askedAt: number): void } {
  let last = performance.now();
  const holds = (): boolean => performance.now() - last < ms;
  return {
    holds,
    renew(askedAt) {
      last = askedAt;
    },
    async renewed(signal) {
      while (!holds()) await delay(LOOK_EVERY_MS, undefined, { signal });
    },
  };
}
