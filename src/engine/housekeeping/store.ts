import type { JsonObject } from '../model/json.js';
import type { NewEvent } from '../model/recovery.js';
import type { HousekeepingJob, JobOutcome, JobState } from './job.js';

export interface PlannedJob extends Pick<HousekeepingJob, 'name' | 'cron'> {
  timeZone: string;
  /** Where the job is new, or its time has changed and it is not overdue. */
  nextAt: Date;
}

/** The right to run a job once, until its lease ends. */
export interface Turn {
  name: string;
  epoch: number;
  /** This one counted; turns of the same occasion that failed or died went before. */
  tries: number;
  /** Time of the database. */
  now: Date;
}

export interface Ending {
  outcome: JobOutcome;
  detail: string;
  durationMs: number;
  /** Absent: as it was, so that it is due at once. */
  nextAt?: Date;
  /** What the next turn goes on counting from. */
  tries: number;
  result?: JsonObject;
  events: NewEvent[];
}

/** The truth about routine care: when each job is due, who runs it, how it ended. */
export interface HousekeepingStore {
  /** Time of the database. */
  now(): Promise<Date>;
  plan(jobs: readonly PlannedJob[]): Promise<void>;
  /** These are all that there are: others that have run before were turned off. */
  leaveOut(all: readonly string[]): Promise<void>;
  /** Of these: those that are due, and that nobody runs. */
  due(names: readonly string[]): Promise<string[]>;
  /** One taker gets it. `unasked`: only when it is due; else also before its time. */
  take(name: string, by: string, leaseMs: number, how: 'unasked' | 'asked'): Promise<Turn | undefined>;
  /** False: another one has taken it since. */
  renew(turn: Pick<Turn, 'name' | 'epoch'>, leaseMs: number): Promise<boolean>;
  /** False: another one has taken it since, and nothing was written. */
  end(turn: Pick<Turn, 'name' | 'epoch'>, ending: Ending): Promise<boolean>;
  list(): Promise<JobState[]>;
  /** Those of them that there are become due now. */
  hasten(names: readonly string[]): Promise<void>;
}
