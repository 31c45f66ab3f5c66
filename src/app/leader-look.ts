import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../engine/ports.js';

export interface LeaderLookOptions {
  /** False while another process of the cluster does it. */
  leads(): Promise<boolean>;
  everyMs: number;
  log: Log;
}

/** Does `look` again and again while this process leads, with `everyMs` between two. One that fails is not the last. */
export function startLeaderLook(
  what: string,
  look: () => Promise<void>,
  { leads, everyMs, log }: LeaderLookOptions,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await leads()) await look();
      } catch (error) {
        // A store that is away tells so itself.
        log('debug', `no look for ${what}`, { error: error instanceof Error ? error.message : String(error) });
      }
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
