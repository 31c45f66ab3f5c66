import type { PlatformMemory } from '../../port.js';
import type { Hearing } from './hearing.js';

const KEY = 'caught_up';
const EVERY_MS = 30_000;

/** Lets the next process know since when updates may have waited: written down now and then. */
export function createCaughtUp(memory: PlatformMemory, now: () => number = Date.now) {
  let writtenAt = 0;
  return {
    async recallInto(hearing: Hearing): Promise<void> {
      const at = Number(await memory.recall(KEY).catch(() => undefined));
      if (Number.isFinite(at) && at > 0) hearing.caughtUpBefore(at);
    },
    note(): void {
      if (now() - writtenAt < EVERY_MS) return;
      writtenAt = now();
      memory.remember(KEY, String(writtenAt)).catch(() => {});
    },
  };
}
