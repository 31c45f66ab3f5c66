import type { Log } from '../../engine/ports.js';
import { sealAll } from '../../store/audit/sealer.js';
import type { Pool } from '../../store/pool.js';
import type { Closing } from '../closing.js';
import { startLeaderLook } from '../leader-look.js';

const EVERY_MS = 1_000;

/** Seals what was committed, again and again, in each scheduler: whoever has the lock for a batch writes it. */
export function startSealing(pool: Pool, { closing, log }: { closing: Closing; log: Log }): void {
  const stopping = new AbortController();
  const seal = async () => void (await sealAll(pool, stopping.signal));
  const looking = startLeaderLook('what is to be sealed', seal, { leads: async () => true, everyMs: EVERY_MS, log });
  closing.add('sealer of the audit', async () => {
    stopping.abort();
    await looking.stop();
  });
}
