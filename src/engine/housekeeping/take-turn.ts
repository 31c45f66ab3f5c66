import { setTimeout as delay } from 'node:timers/promises';
import { deadline, TimeOver } from '../health/within.js';
import { failureInWords } from '../health/words.js';
import { formatDuration } from '../model/duration.js';
import { redact, redactJson } from '../model/redact.js';
import type { Log } from '../ports.js';
import { type Came, endingOf, MOST_TRIES } from './ending.js';
import type { HousekeepingJob, JobContext } from './job.js';
import type { HousekeepingStore, Turn } from './store.js';

export interface TurnParts {
  store: HousekeepingStore;
  timeZone: string;
  exec(runKey: string, epoch: number, signal: AbortSignal): JobContext['exec'];
  /** What a process that died left running for this job before this epoch is gone when it resolves. */
  clear(runKey: string, epoch: number): Promise<void>;
  /** Milliseconds; renewed at a third of it. */
  leaseMs: number;
  log: Log;
}

class LeaseLost extends Error {}
/** The process is told to end. */
export class Stopping extends Error {}

/** Runs a job that this process has taken, keeps its lease meanwhile, and writes how it ended. Throws only for the store. */
export async function takeTurn(
  job: HousekeepingJob,
  turn: Turn,
  parts: TurnParts,
  stopping: AbortSignal,
): Promise<Came> {
  const { store, timeZone, log } = parts;
  const beganAt = performance.now();
  const came = turn.tries > MOST_TRIES ? diedEachTime : await leased(job, turn, parts, stopping);
  const durationMs = Math.round(performance.now() - beganAt);
  const endedAt = new Date(turn.now.getTime() + durationMs);
  const written = await store.end(turn, endingOf(came, turn, { cron: job.cron, timeZone, endedAt, durationMs }));
  const facts = { job: job.name, ms: durationMs };
  if (!written) log('warn', 'housekeeping: another process has taken this job since', facts);
  else if (came.outcome === 'succeeded') log('info', 'housekeeping: done', { ...facts, summary: came.result.summary });
  else
    log(came.outcome === 'failed' ? 'error' : 'info', `housekeeping: ${came.outcome}`, { ...facts, why: came.detail });
  return came;
}

const diedEachTime: Came = {
  outcome: 'failed',
  detail: 'the process that ran it died each time; its log, or that of the machine, says why',
};

async function leased(job: HousekeepingJob, turn: Turn, parts: TurnParts, stopping: AbortSignal): Promise<Came> {
  const lost = new AbortController();
  const over = new AbortController();
  const time = deadline(job.timeoutMs, AbortSignal.any([stopping, lost.signal]));
  const keeping = keepLease(turn, parts, over.signal).catch((error: unknown) => lost.abort(error));
  try {
    return { outcome: 'succeeded', result: await work(job, turn, parts, time.signal) };
  } catch (error) {
    return cameOf(time.signal.aborted ? time.signal.reason : error, job);
  } finally {
    time.clear();
    over.abort();
    await keeping;
  }
}

async function work(job: HousekeepingJob, { epoch, now }: Turn, parts: TurnParts, signal: AbortSignal) {
  const runKey = `housekeeping/${job.name}`;
  const beganAt = performance.now();
  await parts.clear(runKey, epoch);
  return job.run({
    signal,
    runKey,
    exec: parts.exec(runKey, epoch, signal),
    now: () => new Date(now.getTime() + performance.now() - beganAt),
    log: (message, facts = {}) =>
      parts.log('info', redact(message), { part: 'housekeeping', job: job.name, ...redactJson(facts) }),
  });
}

function cameOf(error: unknown, { timeoutMs }: HousekeepingJob): Came {
  if (error instanceof Stopping) return { outcome: 'interrupted', detail: 'its process was told to end' };
  if (error instanceof LeaseLost) return { outcome: 'interrupted', detail: 'its lease could not be renewed in time' };
  if (error instanceof TimeOver)
    return { outcome: 'failed', detail: `it took longer than ${formatDuration(timeoutMs)} and was stopped` };
  return { outcome: 'failed', detail: redact(failureInWords(error)).slice(0, 1_000) };
}

/** Rejects when the lease is lost, or about to end while the database does not answer: nobody else has it yet then. */
async function keepLease(turn: Turn, { store, leaseMs }: TurnParts, over: AbortSignal): Promise<void> {
  let until = performance.now() + leaseMs;
  for (;;) {
    await delay(leaseMs / 3, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    const askedAt = performance.now();
    const mine = await store.renew(turn, leaseMs).catch(() => undefined);
    if (mine === false) throw new LeaseLost();
    if (mine) until = askedAt + leaseMs;
    else if (performance.now() > until - leaseMs / 2) throw new LeaseLost();
  }
}
