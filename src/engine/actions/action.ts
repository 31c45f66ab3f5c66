import type { Readable, Writable } from 'node:stream';
import type { z } from 'zod';
import type { BackupDefinition, Location } from '../backups/catalog.js';
import type { BackupDraft, Sealed } from '../backups/draft.js';
import type { BackupProof } from '../backups/proof.js';
import type { Breakers } from '../breakers/breakers.js';
import type { ServiceHealth } from '../engine.js';
import type { HousekeepingStore } from '../housekeeping/store.js';
import type { StepDetail } from '../model/approval.js';
import type { JsonObject } from '../model/json.js';
import type { ActionCall, StepResult } from '../model/plan.js';
import type { Service } from '../model/service.js';
import type { DockerEngine } from '../runtimes/docker/engine.js';
import type { Clusters } from '../runtimes/kubernetes/cluster.js';
import type { Runtime } from '../runtimes/runtime.js';
import type { SnapshotCatalog } from '../snapshots/snapshot.js';
import type { PostgresBackup } from './postgres-data/databases.js';

/** What an action may use. Everything that reaches outside is here, so that a test can stand in for the rim. */
export interface ActionContext {
  /** Aborted on timeout, cancel, lost lease and shutdown; `signal.reason` says which. The first cause wins. */
  signal: AbortSignal;
  /** A line for the thread of the recovery and the log. */
  log(message: string, facts?: JsonObject): void;
  /** `R-12/3`: names things that this step leaves behind, the same on every attempt. */
  runKey: string;
  /** The same with the installation's name: for marks where steps of several installations leave theirs. */
  mark: string;
  service(name: string): Service;
  /** All that are known now: what must not be taken for rubbish. */
  services(): readonly Service[];
  runtime(service: string): Runtime;
  /** What the monitor says of a service, which one process of the cluster looks at; undefined: nobody has looked yet. */
  monitored(service: string): Promise<Pick<ServiceHealth, 'status' | 'detail' | 'since'> | undefined>;
  docker: DockerEngine;
  clusters: Clusters;
  /** Another step of this recovery, as the store had it when this turn began; undefined: there is none of this id. */
  step(id: string): OtherStep | undefined;
  /** Runs a program in a process group that dies with this worker, also when the worker is killed. */
  exec(command: string[], options: ExecOptions): Promise<ExecResult>;
  backups: BackupCatalog;
  /** Reviver's own routine care. */
  care: Pick<HousekeepingStore, 'list' | 'hasten'>;
  snapshots: SnapshotCatalog;
  breakers: Pick<Breakers, 'open' | 'reset' | 'look'>;
  /** Folder for files of this installation (REVIVER_DATA). */
  dataDir: string;
  /** Sends a message through the outbox under a key derived from the step, so that a repeat is not seen twice. */
  notify(message: string, to?: Audience): Promise<void>;
  now(): Date;
}

/** Absent: the thread of the recovery. */
export interface Audience {
  /** A channel of the configuration, by its name: on every platform that has it. */
  channel?: string;
  /** People beyond chat are called, by the policy of the service. */
  page?: true;
}

export interface OtherStep {
  runKey: string;
  /** Absent: not known to have succeeded yet. */
  result?: StepResult;
}

export interface ExecOptions {
  cwd?: string;
  /** The whole environment; nothing is inherited but PATH, HOME and LANG. */
  env?: Record<string, string>;
  /** Bytes of output kept, from the end; default 64 KiB. */
  maxOutput?: number;
  /** Ends this program earlier than the step does. */
  signal?: AbortSignal;
  /**
   * Takes what it writes, all of it, which is then not in the result; reads before it waits for anything (see `begun`).
   * Where it throws, the program is ended.
   */
  take?: (stdout: Readable) => Promise<void>;
  /**
   * Writes what the program reads, and returns when that is all, or when the program takes no more. Where it throws, the
   * program is ended. Absent: there is nothing to read.
   */
  give?: (stdin: Writable) => Promise<void>;
  /**
   * What asks it to end when it is told to, and how long it may take for that; default SIGTERM and 2 s. What is left of its
   * process group after that is ended by SIGTERM and, 2 s later, by SIGKILL. A longer time needs `endsWithinMs` of the action.
   */
  stopSignal?: NodeJS.Signals;
  graceMs?: number;
}

export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A backup that exists, as its manifest says. */
export interface BackupRecord {
  id: string;
  /** Name in the `backups` section, such as `redis_backup`. */
  name: string;
  service: string;
  kind: Location;
  /** Of kind postgres: what its dump does not say. */
  postgres?: PostgresBackup;
  /** Absolute path of the data file. */
  file: string;
  /** Of the data. */
  sha256: string;
  bytes: number;
  /** Of the data file, where it is encrypted; absent: it is the data. */
  sealed?: Sealed;
  /** What came of restoring it into a scratch server; absent: nobody has tried yet. */
  proof?: BackupProof;
  /** Number of keys or rows at dump time. */
  items: number;
  createdAt: Date;
}

export interface BackupCatalog {
  /** Newest first; only complete ones. */
  list(name: string): Promise<BackupRecord[]>;
  /** A new one, which does not count before it is published. */
  begin(name: string, createdAt: Date): Promise<BackupDraft>;
  /** The record with its data as a file that is not encrypted, for as long as `use` runs; made below `dir` where need be. */
  opened<T>(
    record: BackupRecord,
    how: { dir: string; signal: AbortSignal },
    use: (record: BackupRecord) => Promise<T>,
  ): Promise<T>;
  /**
   * The same as a stream, of which nothing lies on the disk unencrypted. It is compared with the manifest as it is read:
   * what was made of it counts only when it came to its end.
   */
  data(record: BackupRecord, signal: AbortSignal): AsyncIterable<Buffer>;
  /** Backups that were published and are not whole any more. Absent: nothing is known of such. */
  damaged?(name: string): Promise<DamagedBackup[]>;
  /** Service that `restore_backup: <name>` means; a record's id or file will do. undefined when there is none such. */
  service(name: string): string | undefined;
  names(): string[];
  /** As the configuration has it. Absent: all backups are of Redis. */
  definition?(name: string): BackupDefinition | undefined;
}

export interface DamagedBackup {
  id: string;
  /** For people: `its data file is missing`. */
  reason: string;
}

/** What can be brought back. */
export interface Kept {
  backups: BackupCatalog;
  snapshots: SnapshotCatalog;
}

/** What a look at the world gave about an effect (D4). */
export interface ProbeResult {
  outcome: 'done' | 'not_done' | 'unknown';
  /** What was seen, for the person who decides: `pid 4711 is gone, pid 4802 runs`. */
  evidence: string;
  /** The step's result, when it is known to be done. */
  result?: StepResult;
}

/**
 * A hand of the engine: one file, one table row. `look` and `probe` only read. `run` throws `ActionError` when it failed,
 * with a message for people, and `UnknownOutcome` when it cannot know; whatever else it throws counts as failed.
 */
export interface Action<Input = JsonObject> {
  name: string;
  /** One line for help and the schema. */
  description: string;
  /** Raised when the meaning of the action changes; part of a plan's digest. */
  version: number;
  input: z.ZodType<Input>;
  /** Key that the short form's text after the colon fills: `stop_service: redis` -> `service`. */
  shorthand?: string;
  /** 0..1, or computed from the input. */
  risk: number | ((input: Input) => number);
  idempotent: boolean;
  /**
   * It runs programs under the worker: after a crash its process group must be proven gone first (D3). A function: it
   * depends on the call, such as on the service's runtime.
   */
  spawns?: boolean | ((input: Input, ctx: Pick<ActionContext, 'runtime'>) => boolean);
  /** Default timeout, milliseconds. */
  timeoutMs: number;
  /** How long it may take to end when its signal is aborted; default 5 s, at most 15 s. After that it is left behind. */
  endsWithinMs?: number;
  /** Asked for by itself, right before it begins, unless its runbook says otherwise. */
  approval?: 'always';
  /** Services that a call touches. */
  services(input: Input, catalog: BackupCatalog): string[];
  /**
   * Replaces a name that means something else tomorrow by what it means now, such as a backup's name by its newest
   * record, so that what was approved is what runs. `detail` follows the step's title.
   */
  pin?(input: Input, kept: Kept): Promise<{ input: Input; detail: string }>;
  /** A title for people when the runbook gives none: `Stop redis`. */
  title(input: Input): string;
  /** The before-state that is committed with the intent. Read-only, quick (2 s at most). */
  look?(input: Input, ctx: ActionContext): Promise<JsonObject>;
  run(input: Input, ctx: ActionContext, before: JsonObject): Promise<StepResult>;
  /** Did the effect happen? Judged from `before` and now, never from health alone. Absent: always unknown. */
  probe?(input: Input, before: JsonObject, ctx: ActionContext): Promise<ProbeResult>;
  /** What undoes it, given what was there before; undefined when there is nothing to undo. */
  inverse?(input: Input, before: JsonObject): ActionCall | undefined;
  /** A before-state such as `look` gives where `inverse` has something to undo: a rehearsal looks at nothing. */
  imagine?(input: Input): JsonObject;
  /**
   * For the question about this step alone, asked right before it begins: what it would do that no plan could tell, such
   * as what a saved plan of Terraform changes. Read-only; asked again when the step begins, and another answer refuses it.
   */
  detail?(input: Input, ctx: ActionContext): Promise<StepDetail>;
  /** One line, measured and read-only: what it would touch. */
  preview?(input: Input, ctx: ActionContext): Promise<string>;
}

/**
 * The effect may or may not have happened, such as a request that was sent and never answered. Reality is looked at, as
 * after a crash; without an answer from there a person decides.
 */
export class UnknownOutcome extends Error {}

/** A failure whose message is for people: what happened, what state things are in. */
export class ActionError extends Error {
  constructor(
    message: string,
    readonly options: {
      code?: string;
      /** False: another attempt cannot help. Default true. */
      retryable?: boolean;
      /** True: it was refused before anything was touched, so that there is nothing to undo. Default false. */
      untouched?: boolean;
      facts?: JsonObject;
    } = {},
  ) {
    super(message);
    this.name = 'ActionError';
  }
}
