import type { BackupRecord } from '../../../engine/actions/action.js';
import { BACKUP_KINDS } from '../../../engine/actions/backup-kinds/kinds.js';
import { sizeInWords } from '../../../engine/actions/docker/size.js';
import { fileBytes } from '../../../engine/backups/jobs.js';
import { count } from '../../../engine/health/words.js';
import { formatDuration } from '../../../engine/model/duration.js';
import type { Desk } from './desk.js';

const MOST_LINES = 10;

export async function listBackups(desk: Desk): Promise<void> {
  const { catalog, print } = desk;
  const now = new Date();
  for (const name of catalog.names()) {
    const [records, damaged] = [await catalog.list(name), await catalog.damaged(name)];
    const [newest] = records;
    print(
      newest ? `${name}: what was written in the last ${age(newest, now)} is in none of these` : `${name}: none yet`,
    );
    for (const record of records.slice(0, MOST_LINES)) print(`  ${describe(record, now)}`);
    if (records.length > MOST_LINES) print(`  and ${count(records.length - MOST_LINES, 'older one')}`);
    for (const { id, reason } of damaged) print(`  ${id}  DAMAGED: ${reason}`);
  }
  await desk.close();
}

function describe(record: BackupRecord, now: Date): string {
  const { id, items, kind, sealed, proof } = record;
  const proven = proof
    ? proof.outcome === 'restored'
      ? `proven: restored in ${formatDuration(proof.durationMs)}, ${proof.detail}`
      : `NOT GOOD: ${proof.detail}`
    : 'not proven yet';
  const size = `${sizeInWords(fileBytes(record))}${sealed ? '' : ', not encrypted'}`;
  return `${id}  ${age(record, now)} old  ${count(items, BACKUP_KINDS[kind].unit)}  ${size}  ${proven}`;
}

function age({ createdAt }: BackupRecord, now: Date): string {
  return formatDuration(now.getTime() - createdAt.getTime());
}
