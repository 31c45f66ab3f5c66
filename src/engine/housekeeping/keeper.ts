import { setTimeout as delay } from 'node:timers/promises';
import { nextAfter } from './cron.js';
import type { Came } from './ending.js';
import type { HousekeepingJob } from './job.js';
import { Stopping, type TurnParts, takeTurn } from './take-turn.js';

export interface KeeperParts extends TurnParts {
  jobs: readonly HousekeepingJob[];
  /** For people: who runs it. */
  by: string;
  /** Between two looks whether something is due; a wake-up makes the next one at once. */
  everyMs: number;
}

export interface Keeper {
  /** Something may be due. */
  kick(): void;
  /** What runs is stopped, and is due at once for another process. */
  stop(): Promise<void>;
}

/**
 * Runs jobs when they are due, each once in a cluster: the row of a job is taken with a lease, and each taker raises its
 * epoch. Postgres is the truth and is asked again and again; wake-ups only make it sooner.
 */
export function startKeeper(parts: KeeperParts): Keeper {
  const { jobs, store, log } = parts;
  const stopping = new AbortController();
  const running = new Map<string, Promise<unknown>>();
  let wake = new AbortController();
  let planned = false;

  async function look(): Promise<void> {
    if (!planned) {
      await planJobs(parts);
      await store.leaveOut(jobs.map(({ name }) => name));
    }
    planned = true;
    const idle = jobs.filter(({ name }) => !running.has(name));
    const due = idle.length === 0 ? [] : await store.due(idle.map(({ name }) => name));
    for (const job of idle) if (due.includes(job.name) && !stopping.signal.aborted) start(job);
  }

  function start(job: HousekeepingJob): void {
    const one = runIfFree(job, parts, 'unasked', stopping.signal)
      .catch((error: unknown) =>
        log('warn', 'housekeeping: the end of a job could not be written', { ...why(error), job: job.name }),
      )
      .finally(() => running.delete(job.name));
    running.set(job.name, one);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      // A store that is away tells so itself.
      await look().catch((error: unknown) => log('debug', 'housekeeping: no look', why(error)));
      await delay(parts.everyMs, undefined, { signal: AbortSignal.any([wake.signal, stopping.signal]) }).catch(
        () => {},
      );
    }
    await Promise.allSettled(running.values());
  }
  const loop = run();
  return {
    kick: () => wake.abort(),
    async stop() {
      stopping.abort(new Stopping());
      await loop;
    },
  };
}

/** `asked`: also when it is not due. undefined: somebody else runs it. */
export async function runIfFree(
  job: HousekeepingJob,
  parts: Omit<KeeperParts, 'jobs' | 'everyMs'>,
  how: 'unasked' | 'asked',
  stopping: AbortSignal,
): Promise<Came | undefined> {
  const turn = await parts.store.take(job.name, parts.by, parts.leaseMs, how);
  return turn && takeTurn(job, turn, parts, stopping);
}

export async function planJobs({
  jobs,
  store,
  timeZone,
}: Pick<KeeperParts, 'jobs' | 'store' | 'timeZone'>): Promise<void> {
  const now = await store.now();
  await store.plan(jobs.map(({ name, cron }) => ({ name, cron, timeZone, nextAt: nextAfter(cron, timeZone, now) })));
}

function why(error: unknown) {
  return { error: error instanceof Error ? error.message : String(error) };
}
