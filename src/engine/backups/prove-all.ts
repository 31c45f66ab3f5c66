import { ActionError, type BackupRecord } from '../actions/action.js';
import { count, failureInWords } from '../health/words.js';
import type { JobResult } from '../housekeeping/job.js';
import type { BackupStore } from './catalog.js';
import type { BackupProof } from './proof.js';

/**
 * Tries by a restore what nobody has tried. What is bad fails the turn that finds it and each turn after it, until a
 * newer backup of that name has been restored: only then is its data safe again. Throws what is wrong, all of it.
 */
export async function proveAll(
  catalog: Pick<BackupStore, 'names' | 'list' | 'damaged'>,
  prove: (record: BackupRecord) => Promise<BackupProof>,
  signal: AbortSignal,
): Promise<JobResult> {
  const bad: string[] = [];
  let proven = 0;
  for (const name of catalog.names()) {
    for (const { id, reason } of await catalog.damaged(name))
      bad.push(`Backup ${id} of ${name} is damaged: ${reason}.`);
    const fresh = new Set<string>();
    for (const record of (await catalog.list(name)).filter(({ proof }) => proof === undefined)) {
      fresh.add(record.id);
      try {
        if ((await prove(record)).outcome === 'restored') proven += 1;
      } catch (error) {
        signal.throwIfAborted();
        bad.push(`Backup ${record.id} of ${name} could not be tried: ${failureInWords(error)}`);
      }
    }
    for (const { id, proof } of failed(await catalog.list(name), fresh))
      bad.push(`Backup ${id} of ${name} is none: ${proof?.detail}.`);
  }
  if (bad.length > 0) throw new ActionError(bad.join(' '), { code: 'backups_not_proven' });
  return { summary: `${count(proven, 'backup')} restored and counted`, proven };
}

/** Those that could not be restored, and are `fresh` or have nothing newer that could. */
function failed(newestFirst: readonly BackupRecord[], fresh: ReadonlySet<string>): BackupRecord[] {
  const good = newestFirst.findIndex(({ proof }) => proof?.outcome === 'restored');
  return newestFirst.filter(
    ({ id, proof }, place) => proof?.outcome === 'failed' && (good < 0 || place < good || fresh.has(id)),
  );
}
