import { count } from '../../health/words.js';
import type { BackupKind } from './kind.js';
import { postgresBackup, saveDatabase } from './postgres.js';
import { restoreKnowledge, rowsThere, TABLES, total } from './restore-knowledge.js';

/**
 * What was tried before and what is written about it: some tables of Reviver's own database. They are exchanged in one
 * transaction while Reviver runs, so that nothing is set aside: who wants what was there saves it before.
 */
export const knowledgeBackup: BackupKind = {
  ...postgresBackup,
  save: (service, definition, rim, write) => saveDatabase(service, definition.database, rim, write, TABLES),

  look: async () => ({}),

  async restore(record, ctx) {
    ctx.log(await restoreKnowledge(record, ctx.service(record.service), ctx.backups, { ...ctx, force: true }));
    return { aside: '' };
  },

  // A restore is a transaction, and another one does the same: only rows that are those of the backup say that it is done.
  async probe(record, _, ctx) {
    const rows = await rowsThere(record, ctx.service(record.service), ctx.signal);
    const wanted = record.postgres?.tables ?? {};
    const evidence = `the knowledge base has ${count(total(rows), 'row')}, the backup ${count(total(wanted), 'row')}`;
    if (Object.entries(wanted).some(([table, n]) => rows[table] !== n)) return { outcome: 'not_done', evidence };
    return { outcome: 'done', evidence, result: { aside: '' } };
  },

  async present(record, service, { signal }) {
    const rows = await rowsThere(record, service, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (rows === undefined) return 'the knowledge base (which nobody can count)';
    const lost = Object.keys(record.postgres?.tables ?? {}).filter((table) => rows[table] === undefined);
    const without = lost.length > 0 ? `, without ${lost.join(', ')}` : '';
    return `the knowledge base (${count(total(rows), 'row')}${without})`;
  },
};
