import type { Snapshot } from '../../snapshots/snapshot.js';
import { sameTally, tallyInWords, tallyOfFolder } from '../../snapshots/tally.js';
import { BackupUnfit } from '../backup-kinds/kind.js';
import { partsOf } from './capture.js';
import type { SnapshotRim, Subject } from './part.js';

/**
 * Compares an opened snapshot with what was counted when it was taken, and brings its parts back into scratch places. One
 * line for people; throws `BackupUnfit` when it is not what was captured.
 */
export async function rehearse(
  subject: Subject,
  { parts, facts, tally }: Snapshot,
  folder: string,
  rim: SnapshotRim,
): Promise<string> {
  const came = await tallyOfFolder(folder, rim.signal);
  if (tally && !sameTally(came, tally))
    throw new BackupUnfit(`it opened as ${tallyInWords(came)} instead of ${tallyInWords(tally)}`);
  const lines = [`${tallyInWords(came)}${tally ? ', as counted when it was taken' : ''}`];
  for (const part of partsOf(subject))
    if (parts.includes(part.name)) lines.push(...((await part.prove?.(subject, folder, facts, rim)) ?? []));
  return lines.join('; ');
}
