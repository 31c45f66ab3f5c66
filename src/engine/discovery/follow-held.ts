import type { TargetState } from '../model/plan.js';
import type { Declaration } from '../model/service.js';
import type { Log } from '../ports.js';
import { declaredIn } from './declared-targets.js';
import type { Following } from './follow-docker.js';
import { pause } from './pause.js';

export interface HeldOptions {
  /** Of all recoveries that have not ended. */
  targets(): Promise<readonly TargetState[]>;
  hold(declared: readonly Declaration[]): void;
  everyMs: number;
  log: Log;
}

/** Asks now and then which services unended recoveries are about. While nobody answers what was said last holds. */
export function followHeld({ targets, hold, everyMs, log }: HeldOptions): Following {
  const stopping = new AbortController();
  const { signal } = stopping;
  const ask = async (): Promise<void> => {
    try {
      hold((await targets()).flatMap((target) => declaredIn(target) ?? []));
    } catch (error) {
      log('debug', 'it cannot be asked which services recoveries are about', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
  const first = ask();
  const done = (async () => {
    await first;
    for (await pause(everyMs, signal); !signal.aborted; await pause(everyMs, signal)) await ask();
  })();
  return {
    first,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
