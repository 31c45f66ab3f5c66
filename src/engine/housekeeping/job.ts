import type { ExecOptions, ExecResult } from '../actions/action.js';
import type { JsonObject } from '../model/json.js';

/** A turn of a job, with what it may use. */
export interface JobContext {
  /** Aborted when its time is over, when this process lost the lease, and at shutdown. */
  signal: AbortSignal;
  log(message: string, facts?: JsonObject): void;
  /** Runs a program in a process group that dies with this process, also when that is killed. */
  exec(command: string[], options?: ExecOptions): Promise<ExecResult>;
  /** `housekeeping/backup_postgres`: marks what it runs. */
  runKey: string;
  now(): Date;
}

/** What a turn did: one line for people, and facts for the log and metrics. */
export interface JobResult extends JsonObject {
  summary: string;
}

/**
 * Routine care that happens by itself: a line in a list. It may run again after it was killed in its middle, so `run` must
 * leave nothing half-made that counts, and must bear being repeated.
 */
export interface HousekeepingJob {
  /** Its row in the table `housekeeping`; for ever. */
  name: string;
  /** Five fields, in the time zone of the configuration: `0 4 * * *`. The configuration may set another. */
  cron: string;
  /** A turn that takes longer is aborted and has failed. */
  timeoutMs: number;
  /** Throws when it failed, with a sentence for people. */
  run(ctx: JobContext): Promise<JobResult>;
}

/** How a job's last turn ended; `interrupted`: its process was told to end, or died. */
export type JobOutcome = 'succeeded' | 'failed' | 'interrupted';

export interface JobState {
  name: string;
  cron: string;
  timeZone: string;
  nextAt: Date;
  /** Who runs it now, and since when. */
  running: { by: string; since: Date } | null;
  last: { outcome: JobOutcome; at: Date; durationMs: number; detail: string } | null;
  /** Of the last turn that succeeded. */
  lastSuccessAt: Date | null;
  result: JsonObject | null;
}
