import type { NewEffect, NewEvent } from '../model/recovery.js';
import type { Log } from '../ports.js';

/** What escalations call the thing that is in danger; it is no service of the configuration. */
export const REDIS_OF_REVIVER = "Reviver's Redis";

export interface ForgeriesOptions {
  record(events: NewEvent[], effects: NewEffect[]): Promise<void>;
  now(): Date;
  log: Log;
}

export interface Forgeries {
  found(one: { where: string; job?: string }): void;
  /** Records what was found last. */
  close(): Promise<void>;
}

/** So that the first words already say whether it is one or a flood. */
const FIRST_MS = 1_000;
/** A flood is an event a minute, whatever its size. */
const NEXT_MS = 60_000;
const LONGEST_ID = 80;

/** Gathers what was refused because it lacked this installation's proof: told in the event log, and people are paged, once a day. */
export function createForgeries({ record, now, log }: ForgeriesOptions): Forgeries {
  let gathered: Gathered | undefined;
  let told = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function tell(): Promise<void> {
    timer = undefined;
    const found = gathered;
    if (!found) return;
    gathered = undefined;
    told = true;
    log('error', 'redis:forged', { ...found });
    const reason = wordsFor(found);
    const key = `forged:${now().toISOString().slice(0, 10)}`;
    const payload = { service: REDIS_OF_REVIVER, code: 'forged', reason };
    try {
      const data = { ...found, reason };
      await record([{ kind: 'redis.forged', actor: 'unknown', data }], [{ key, kind: 'escalation', payload }]);
    } catch {
      // The store is away: it is counted on, and told with what comes.
      add(found);
    }
  }

  function add({ count, where, job }: Gathered): void {
    if (gathered) gathered.count += count;
    else gathered = { count, where, ...(job === undefined ? {} : { job }) };
    if (!closed) timer ??= setTimeout(() => void tell(), told ? NEXT_MS : FIRST_MS);
  }

  return {
    found: ({ where, job }) => add({ count: 1, where, ...(job === undefined ? {} : { job: plain(job) }) }),
    async close() {
      closed = true;
      clearTimeout(timer);
      await tell();
    },
  };
}

interface Gathered {
  count: number;
  where: string;
  job?: string;
}

/** Somebody else chose it: it shall not look like anything but an id. */
function plain(id: string): string {
  return id.replace(/[^\w.:-]/g, '?').slice(0, LONGEST_ID);
}

function wordsFor({ count, where, job }: Gathered): string {
  const first = job === undefined ? '' : `, the first is ${job}`;
  return (
    `somebody else writes into it: messages without Reviver's proof in ${where} (${count} so far${first}). They were refused and nothing ` +
    'was done because of them; recoveries go on. Find out who can write there, and change its password (REDIS_URL)'
  );
}
