import type { Plan } from '../model/plan.js';
import type { RecoveryState } from '../model/recovery.js';
import type { Proof } from '../planner/circumstances.js';

/** One recovery that has ended, in a line. */
export interface Ended {
  id: number;
  service: string;
  kind: Plan['kind'];
  plan: string;
  state: RecoveryState;
  /** Of its outcome, such as `rejected`. */
  code: string | null;
  unverified: boolean;
  requestedBy: string;
  createdAt: Date;
  endedAt: Date;
  /** Work, without waiting for people or for a place in the queue. */
  activeMs: number;
  /** How many said that it helped, and that it did not. */
  helped: number;
  didNotHelp: number;
  notes: number;
}

/** How a plan did in the latest recoveries that were carried out to an end. */
export interface PlanRecord {
  kind: Plan['kind'];
  plan: string;
  runs: number;
  succeeded: number;
  /** Of those that succeeded; null: none did. */
  medianActiveMs: number | null;
}

/** A loss of Reviver's own parts that `reviver disaster` has ended; it is told by its shell, and is no recovery. */
export interface Disaster {
  id: string;
  /** `postgres`, `redis` or `server`. */
  lost: string;
  state: RecoveryState;
  by: string;
  endedAt: Date;
  /** From the last write, or from the beginning of the command, to the end; null: not known. */
  rtoMs: number | null;
  /** How much of what was written did not come back; null: not known. */
  rpoMs: number | null;
}

export interface HistoryFilter {
  service?: string;
  /** Continue below this id. */
  before?: number;
  limit: number;
}

/** Ended recoveries that a record of plans looks back on. */
export const LOOKED_BACK = 500;

/** Disasters that the first page of the history may show. */
export const LATEST_DISASTERS = 20;

/** What became of earlier recoveries. Quick however many there are. */
export interface HistoryStore {
  /** The newest first. */
  ended(filter: HistoryFilter): Promise<Ended[]>;
  /** Of the last `LOOKED_BACK` ended recoveries, of one service or of all; the most tried first. */
  records(service?: string): Promise<PlanRecord[]>;
  /** The newest first. */
  disasters(limit: number): Promise<Disaster[]>;
  /** The last one of each plan of a service. */
  proofs(service: string): Promise<Proof[]>;
  /** The recovery that took the place of each: asked anew, or tried again. One that has none is absent. */
  successors(...recoveryIds: number[]): Promise<Map<number, number>>;
}
