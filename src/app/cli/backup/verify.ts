import { findBackup } from '../../../engine/actions/find-backup.js';
import { proveOne } from '../../../engine/backups/jobs.js';
import { failureInWords } from '../../../engine/health/words.js';
import { formatDuration } from '../../../engine/model/duration.js';
import { UserError } from '../../../engine/model/errors.js';
import type { Desk } from './desk.js';

/** Exit code 1 when one of them is not good. */
export async function verifyBackups(desk: Desk, wanted: readonly string[]): Promise<void> {
  const { catalog, print } = desk;
  const bad: string[] = [];
  try {
    for (const one of wanted.length > 0 ? wanted : await withBackups(desk)) {
      try {
        const record = await findBackup(one, catalog);
        const { outcome, detail, durationMs } = await proveOne(record, desk, desk.context(record.name));
        print(`${record.name} ${record.id}: ${outcome} in ${formatDuration(durationMs)}: ${detail}`);
        if (outcome === 'failed') bad.push(record.id);
      } catch (error) {
        desk.signal.throwIfAborted();
        print(`${one}: ${failureInWords(error)}`);
        bad.push(one);
      }
    }
  } finally {
    await desk.close();
  }
  if (bad.length > 0) throw new UserError('invalid_input', `Not proven: ${bad.join(', ')}.`);
}

async function withBackups({ catalog, print }: Desk): Promise<string[]> {
  const names: string[] = [];
  for (const name of catalog.names()) {
    const there = (await catalog.list(name)).length + (await catalog.damaged(name)).length;
    if (there > 0) names.push(name);
    else print(`${name}: there is none yet`);
  }
  return names;
}
