import type { BackupDefinition } from '../../backups/catalog.js';
import type { JsonObject } from '../../model/json.js';
import type { StepResult } from '../../model/plan.js';
import type { Service } from '../../model/service.js';
import type { ActionContext, BackupRecord, ProbeResult } from '../action.js';

/** What was saved: a file that the catalog copies, and what its manifest says of it. */
export interface Saved extends Pick<BackupRecord, 'items' | 'postgres'> {
  file: string;
}

/** How the data of one kind of service is saved and put back. */
export interface BackupKind {
  /** What `items` counts, for people. */
  unit: string;
  /** Why the service cannot be saved, as an error; nothing else happens. */
  requireAddress(service: Service): void;
  /** The file is there as long as `keep` runs. */
  save<T>(
    service: Service,
    definition: BackupDefinition,
    ctx: ActionContext,
    keep: (saved: Saved) => Promise<T>,
  ): Promise<T>;
  /** Before-state of a restore; `aside` and what else its undo needs. */
  look(record: BackupRecord | undefined, service: Service, ctx: ActionContext): Promise<JsonObject>;
  /** Of a backup whose checksum was compared. `aside`: for people, where the replaced data is kept. */
  restore(record: BackupRecord, ctx: ActionContext): Promise<{ aside: string } & StepResult>;
  probe(record: BackupRecord, before: JsonObject, ctx: ActionContext): Promise<ProbeResult>;
  /** What is there now, for people: `dump.rdb (1,204 keys)`. */
  present(record: BackupRecord, service: Service, ctx: ActionContext): Promise<string>;
}
