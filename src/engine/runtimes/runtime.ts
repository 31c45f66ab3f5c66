import type { JsonObject } from '../model/json.js';
import type { Captured } from '../snapshots/snapshot.js';
import type { Size, SizeWish } from './size.js';

export interface RuntimeStatus {
  status: 'running' | 'stopped' | 'missing';
  /** Changes with every start: pid and start time, container id and start time. null when not running. */
  instance: string | null;
  /** For people: `pid 4711`. */
  summary: string;
  facts: JsonObject;
}

/** Files that take the place of captured ones before the service starts. */
export interface Overlay {
  /** Absolute path as the service sees it. */
  at: string;
  /** Holds the files as they shall lie there. */
  folder: string;
}

/** What a step does to a service. */
export type Deed = 'stop' | 'start' | 'restart' | 'recreate' | 'restore';

export interface Proof {
  outcome: 'done' | 'not_done';
  /** What was seen, for people. */
  evidence: string;
  now: RuntimeStatus;
}

/** One service's place to live. Every operation is safe to repeat, ends when `signal` aborts, and leaves a known state. */
export interface Runtime {
  readonly name: string;
  /** What changes it are programs that run under the worker, and end with it. */
  readonly spawns?: true;
  status(signal?: AbortSignal): Promise<RuntimeStatus>;
  /** Resolves when nothing of it runs any more. */
  stop(signal: AbortSignal): Promise<RuntimeStatus>;
  /** Resolves when it runs; not yet that it is healthy. */
  start(signal: AbortSignal): Promise<RuntimeStatus>;
  /** Another way to be started anew than stop and start, which are what is done where it is absent. `by` as of `recreate`. */
  restart?(signal: AbortSignal, by: string): Promise<RuntimeStatus>;
  /** Tells it to read its configuration anew, and answers what runs then. Absent: it can only be restarted. */
  reload?(signal: AbortSignal): Promise<RuntimeStatus>;
  /**
   * Makes it anew from its definition, and starts it. When the new one does not start, the old one is back. Absent: stop
   * and start is all there is. `by` is the step that asks, its `ctx.mark`: what an earlier attempt of it has made is not
   * made once more.
   */
  recreate?(signal: AbortSignal, by: string): Promise<RuntimeStatus>;
  /** How big it is. Absent: it has the one size that it has. */
  scale?: {
    now(signal?: AbortSignal): Promise<Size>;
    /** The size that a wish means for one that is now so big. Pure; what cannot be is an `ActionError` that says what can. */
    choose(now: Size, wish: SizeWish): Size;
    /** Resolves when it is so big. */
    to(size: Size, signal: AbortSignal): Promise<RuntimeStatus>;
  };
  /** Its state in files. Absent: this runtime keeps none. */
  snapshot?: {
    /** Bytes that a capture takes at most. `without` as for `capture`. */
    measure(signal: AbortSignal, without?: string): Promise<number>;
    /**
     * Writes what brings it back as it is now into an empty folder. Read-only towards the service. `without`: a folder, as
     * the service sees it, whose content is kept in another way; the volume that it is in is left out.
     */
    capture(folder: string, signal: AbortSignal, without?: string): Promise<Captured>;
    /**
     * Brings it back as it was captured, and starts it; when that fails, what was there before is back. What was left out
     * stays as it is now.
     */
    restore(folder: string, signal: AbortSignal, by: string, overlay?: Overlay): Promise<RuntimeStatus>;
    /**
     * The same around the data that it has now, which stay. Absent: this runtime cannot tell what is data.
     */
    restoreAround?(folder: string, signal: AbortSignal, by: string): Promise<RuntimeStatus>;
    /**
     * Brings what it holds of volumes back into scratch ones, which are gone afterwards, and counts what came. A line each
     * for people; `facts` as `capture` gave them. Throws `BackupUnfit` where it is not what was captured. Absent: the
     * captured files are all there is.
     */
    rehearse?(folder: string, facts: Captured['facts'], signal: AbortSignal): Promise<string[]>;
  };
  /**
   * Whether what the step `by` was to do is there, where instances also come and go without a step. Absent: the instance
   * before and now tells it.
   */
  proof?(deed: Deed, by: string, signal: AbortSignal): Promise<Proof>;
  /** The last lines it printed. */
  logs(lines: number): Promise<string[]>;
}
