import { verify } from '../backups/verify.js';
import { NotFound } from '../model/errors.js';
import { nearest } from '../planner/nearest.js';
import type { BackupCatalog, BackupRecord } from './action.js';
import { ActionError } from './action.js';

/** The service whose backup this is; an unknown one is an error that says which are known. */
export function serviceOfBackup(wanted: string, catalog: BackupCatalog): string {
  const service = catalog.service(wanted);
  if (service === undefined) throw new NotFound('backup', wanted, nearest(wanted, catalog.names()) ?? known(catalog));
  return service;
}

/** The backup that is meant: of a name the newest one, else the one with this id or file. Its checksum is not compared. */
export async function findBackup(wanted: string, catalog: BackupCatalog): Promise<BackupRecord> {
  const named = catalog.names().includes(wanted);
  const names = named ? [wanted] : catalog.names();
  const records = (await Promise.all(names.map((name) => catalog.list(name)))).flat();
  const damaged = (await Promise.all(names.map((name) => catalog.damaged?.(name) ?? []))).flat();
  const found = named ? records[0] : records.find(({ id, file }) => id === wanted || file === wanted);
  // An older backup must not silently stand in for a damaged newer one.
  const broken = damaged.find(({ id }) =>
    named
      ? !found || second(id) >= second(found.id)
      : wanted === id || new RegExp(`/${id}\\.(rdb|dump|tar)(\\.age)?$`).test(wanted),
  );
  if (broken) throw refused(broken.id, broken.reason, records);
  if (found?.proof?.outcome === 'failed') throw refused(found.id, found.proof.detail, records.filter(isGood));
  if (found) return found;
  if (!named) throw new NotFound('backup', wanted, nearest(wanted, catalog.names()) ?? known(catalog));
  throw new ActionError(`There is no complete backup ${wanted} yet; nothing was touched.`, {
    code: 'no_backup',
    retryable: false,
    untouched: true,
  });
}

/** The data that was written, byte for byte; a damaged backup is refused and no other one is taken in its place. */
export async function requireIntact(record: BackupRecord, catalog: BackupCatalog, signal: AbortSignal): Promise<void> {
  const reason = await verify(record, signal);
  if (reason === undefined) return;
  const others = (await catalog.list(record.name)).filter(({ id }) => id !== record.id);
  const good: BackupRecord[] = [];
  for (const other of others.slice(0, 5)) if ((await verify(other, signal)) === undefined) good.push(other);
  throw refused(record.id, reason, good);
}

function isGood({ proof }: BackupRecord): boolean {
  return proof?.outcome !== 'failed';
}

/** Ids begin with the second in which they were made. */
function second(id: string): string {
  return id.slice(0, id.indexOf('-'));
}

function refused(id: string, reason: string, good: BackupRecord[]): ActionError {
  const others = good.slice(0, 5).map((record) => record.id);
  const way =
    others.length > 0
      ? `Older good ones: ${others.join(', ')}; name one of them as backup.`
      : 'There is no other good one.';
  return new ActionError(`Backup ${id} is damaged (${reason}); nothing was touched. ${way}`, {
    code: 'backup_damaged',
    retryable: false,
    untouched: true,
    facts: { damaged: id, good: others },
  });
}

function known(catalog: BackupCatalog): string | undefined {
  return catalog.names().length > 0 ? catalog.names().join(' or ') : undefined;
}
