import { ActionError, type BackupCatalog, type BackupRecord } from '../actions/action.js';
import type { BackupRim } from '../actions/backup-kinds/kind.js';
import { BACKUP_KINDS } from '../actions/backup-kinds/kinds.js';
import { failureInWords } from '../health/words.js';
import type { Service } from '../model/service.js';
import type { BackupDefinition } from './catalog.js';

/** Rim of a save, which may tell how far it is: bytes of data so far. */
export type SaveRim = BackupRim & { now(): Date; onBytes?: (bytes: number) => void };

/** Saves the data of a service as a new backup. Where it fails there is no new one, and it is said why. */
export async function saveBackup(
  name: string,
  definition: BackupDefinition,
  service: Service,
  catalog: Pick<BackupCatalog, 'begin'>,
  rim: SaveRim,
): Promise<BackupRecord> {
  const kind = BACKUP_KINDS[definition.location];
  kind.requireAddress(service);
  const createdAt = rim.now();
  const draft = await catalog.begin(name, createdAt).catch((error: unknown) => {
    throw error instanceof ActionError ? error : notKept(service, error);
  });
  const how = { signal: rim.signal, ...(rim.onBytes ? { onBytes: rim.onBytes } : {}) };
  try {
    let unwritten: unknown;
    const write = (data: AsyncIterable<Buffer>) =>
      draft.write(data, how).catch((error: unknown) => {
        unwritten = error;
        throw error;
      });
    const facts = await kind.save(service, definition, rim, write).catch((error: unknown) => {
      rim.signal.throwIfAborted();
      if (unwritten !== undefined && !(unwritten instanceof ActionError)) throw notKept(service, unwritten);
      throw error instanceof ActionError ? error : notSaved(service, error);
    });
    return await draft.publish({ name, service: service.name, kind: definition.location, createdAt, ...facts });
  } catch (error) {
    await draft.discard();
    rim.signal.throwIfAborted();
    throw error instanceof ActionError ? error : notKept(service, error);
  }
}

function notSaved({ name }: Service, error: unknown): ActionError {
  return new ActionError(`${name} could not save its data: ${failureInWords(error)}. No backup was made.`, {
    code: 'save_failed',
  });
}

function notKept({ name }: Service, error: unknown): ActionError {
  return new ActionError(`The dump of ${name} could not be copied: ${failureInWords(error)}. No backup was made.`, {
    code: 'copy_failed',
  });
}
