import { UserError } from '../model/errors.js';
import type { Alert, Taken } from './alert.js';

/** Alerts in one write. */
const MOST_AT_ONCE = 1_000;
/** More must not wait in memory: whoever sends them keeps them. */
const MOST_WAITING = 20_000;

interface Waiting {
  alerts: readonly Alert[];
  resolve(taken: Taken[]): void;
  reject(reason: unknown): void;
}

/**
 * Stores what comes while a write is on its way with the next one, so that a storm is few writes. Each caller waits for
 * its own alerts; `unavailable` when too many wait. What fails in company is tried alone.
 */
export function createGather(
  store: (alerts: readonly Alert[]) => Promise<Taken[]>,
): (alerts: readonly Alert[]) => Promise<Taken[]> {
  let queue: Waiting[] = [];
  let waiting = 0;
  let writing = false;

  function next(): Waiting[] {
    let size = 0;
    const batch: Waiting[] = [];
    for (const one of queue) {
      if (batch.length > 0 && size + one.alerts.length > MOST_AT_ONCE) break;
      size += one.alerts.length;
      batch.push(one);
    }
    queue = queue.slice(batch.length);
    waiting -= size;
    return batch;
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      const taken = await store(batch.flatMap(({ alerts }) => alerts));
      let from = 0;
      for (const { alerts, resolve } of batch) {
        resolve(taken.slice(from, from + alerts.length));
        from += alerts.length;
      }
    } catch (error) {
      const away = error instanceof UserError && error.code === 'unavailable';
      if (away || batch.length === 1) for (const { reject } of batch) reject(error);
      else for (const one of batch) await write([one]);
    }
  }

  async function drain(): Promise<void> {
    writing = true;
    try {
      for (let batch = next(); batch.length > 0; batch = next()) await write(batch);
    } finally {
      writing = false;
    }
  }

  return (alerts) => {
    if (alerts.length === 0) return Promise.resolve([]);
    if (waiting > 0 && waiting + alerts.length > MOST_WAITING)
      return Promise.reject(
        new UserError('unavailable', 'Too many alerts wait to be stored. None of these was; send them again.'),
      );
    return new Promise((resolve, reject) => {
      waiting += alerts.length;
      queue.push({ alerts, resolve, reject });
      if (!writing) void drain();
    });
  };
}
