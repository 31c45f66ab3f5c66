import type { Service } from '../../model/service.js';
import type { Runtime } from '../../runtimes/runtime.js';
import type { Captured, SnapshotPart } from '../../snapshots/snapshot.js';
import type { ActionContext } from '../action.js';

/** What a snapshot is to be of. */
export interface Subject {
  service: Service;
  runtime: Runtime;
  /** Folder of the Terraform configuration whose state belongs to it. */
  terraform?: string | undefined;
}

export type SnapshotRim = Pick<ActionContext, 'exec' | 'signal' | 'runKey' | 'log'>;

export interface Measured {
  /** At most. */
  bytes: number;
  /** For people: `Redis, 1,204 keys`. */
  words: string;
}

/** One kind of state that is kept of a service. */
export interface Part {
  name: SnapshotPart;
  /** For people: `the data of Redis`. */
  title: string;
  /** Whether there is such a state of it. Pure. */
  has(subject: Subject): boolean;
  /** Read-only, without starting a program. */
  measure(subject: Subject, rim: SnapshotRim, without?: string): Promise<Measured>;
  /**
   * Writes it into the folder, read-only towards the service. `kept`, a folder as the service sees it, is kept by it in
   * full, so that the runtime can leave it out; `without` is such a folder.
   */
  capture(
    subject: Subject,
    folder: string,
    rim: SnapshotRim,
    without?: string,
  ): Promise<Captured & { kept?: string | undefined }>;
  /**
   * Brings it back from an opened snapshot into a scratch place, which is gone afterwards. Lines for people; throws
   * `BackupUnfit` when it is not what was captured. Absent: its files are all there is.
   */
  prove?(subject: Subject, folder: string, facts: Captured['facts'], rim: SnapshotRim): Promise<string[]>;
}

/** The server does not answer: what it has is in its files alone. */
export class NotAnswering extends Error {}
