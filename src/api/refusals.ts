import type { Log } from '../engine/ports.js';
import type { Denied } from './authentication.js';

type Refused = Parameters<Denied>[1] & { who: string };

/** The first of a kind is recorded at once; those after it in its window as one record with their number, at its end. */
const WINDOW_MS = { missing: 60 * 60_000, malformed: 60_000, unknown: 60_000, expired: 60_000 };
/** Kinds that are told apart at once: from however many addresses tokens are tried, the audit is not filled. */
const MOST_KINDS = 60;

export interface Refusals {
  denied: Denied;
  /** Records what was counted and not told yet. */
  close(): Promise<void>;
}

/** Counts requests without a good token for the audit: each of them is in the sum of `times`, however many come. */
export function createRefusals(
  record: (who: string, facts: Parameters<Denied>[1] & { times: number }) => Promise<void>,
  log: Log,
): Refusals {
  const open = new Map<string, { refused: Refused; times: number; ends: NodeJS.Timeout }>();

  async function tell({ who, ...facts }: Refused, times: number): Promise<void> {
    await record(who, { ...facts, times }).catch((error: unknown) =>
      log('error', 'api:refusal_not_recorded', { times, error: String(error) }),
    );
  }

  async function end(key: string): Promise<void> {
    const counted = open.get(key);
    open.delete(key);
    clearTimeout(counted?.ends);
    if (counted && counted.times > 0) await tell(counted.refused, counted.times);
  }

  return {
    async denied(who, facts) {
      const own = JSON.stringify([who, facts]);
      const apart = open.has(own) || open.size < MOST_KINDS;
      const refused = apart ? { who, ...facts } : { who: 'unknown', ...facts, address: 'many' };
      const key = apart ? own : `many ${facts.reason}`;
      const counted = open.get(key);
      if (counted) {
        counted.times += 1;
        return;
      }
      const ends = setTimeout(() => void end(key), WINDOW_MS[facts.reason]).unref();
      open.set(key, { refused, times: 0, ends });
      await tell(refused, 1);
    },
    close: async () => void (await Promise.all([...open.keys()].map(end))),
  };
}
