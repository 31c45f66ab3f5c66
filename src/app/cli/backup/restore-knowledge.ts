import { restoreKnowledge } from '../../../engine/actions/backup-kinds/restore-knowledge.js';
import { findBackup } from '../../../engine/actions/find-backup.js';
import { backUpOne, serviceOf } from '../../../engine/backups/jobs.js';
import { failureInWords } from '../../../engine/health/words.js';
import type { Desk } from './desk.js';

const NAME = 'reviver_knowledge';

/** What is there is saved first, where it still can be. */
export async function restoreKnowledgeBase(desk: Desk, wanted: string | undefined, force: boolean): Promise<void> {
  const { catalog, services, print, dataDir } = desk;
  try {
    const record = await findBackup(wanted ?? NAME, catalog);
    const context = desk.context('restore-knowledge');
    if (force)
      await backUpOne(NAME, desk, context).then(
        ({ id }) => print(`What was there is kept as backup ${id}.`),
        (error: unknown) => {
          desk.signal.throwIfAborted();
          print(`What was there could not be saved: ${failureInWords(error)}`);
        },
      );
    const service = serviceOf(record.service, services());
    const said = await restoreKnowledge(record, service, catalog, { ...context, dataDir, force });
    print(`The knowledge base is that of backup ${record.id}: ${said}.`);
  } finally {
    await desk.close();
  }
}
