import type { BackupDefinition } from '../../backups/catalog.js';
import type { Facts } from '../../backups/draft.js';
import type { JsonObject } from '../../model/json.js';
import type { StepResult } from '../../model/plan.js';
import type { Service } from '../../model/service.js';
import { type ActionContext, ActionError, type BackupCatalog, type BackupRecord, type ProbeResult } from '../action.js';

/** What saving and proving need of the world, in a step as well as in routine care. */
export type BackupRim = Pick<ActionContext, 'exec' | 'signal' | 'log' | 'runKey' | 'dataDir'>;

/** How its data are read. */
export type BackupData = Pick<BackupCatalog, 'opened' | 'data' | 'definition'>;

/** Takes the data, once. */
export type WriteData = (data: AsyncIterable<Buffer>) => Promise<void>;

/** How the data of one kind of service is saved and put back. */
export interface BackupKind {
  /** What `items` counts, for people. */
  unit: string;
  /** Why the service cannot be saved, as an error; nothing else happens. */
  requireAddress(service: Service): void;
  /** What its manifest says of the data that was written. */
  save(service: Service, definition: BackupDefinition, rim: BackupRim, write: WriteData): Promise<Facts>;
  /**
   * Restores a backup into a scratch server or database, which is gone afterwards, and counts
   * what came. One line for people; throws `BackupUnfit` when it is not what was saved.
   */
  prove(record: BackupRecord, service: Service, backups: BackupData, rim: BackupRim): Promise<string>;
  /** Before-state of a restore; `aside` and what else its undo needs. */
  look(record: BackupRecord | undefined, service: Service, ctx: ActionContext): Promise<JsonObject>;
  /** What is not what its manifest says changes nothing. `aside`: for people, where the replaced data is kept. */
  restore(record: BackupRecord, ctx: ActionContext): Promise<{ aside: string } & StepResult>;
  probe(record: BackupRecord, before: JsonObject, ctx: ActionContext): Promise<ProbeResult>;
  /** What is there now, for people: `dump.rdb (1,204 keys)`. */
  present(record: BackupRecord, service: Service, ctx: ActionContext): Promise<string>;
}

/** It was tried, and the backup itself is at fault. */
export class BackupUnfit extends ActionError {
  constructor(what: string) {
    super(what, { code: 'backup_unfit', retryable: false });
  }
}
