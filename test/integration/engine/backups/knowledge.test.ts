import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { restoreKnowledge } from '../../../../src/engine/actions/backup-kinds/restore-knowledge.js';
import { type BackupStore, createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { saveBackup } from '../../../../src/engine/backups/save.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { withDatabase } from '../../../support/index.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot } from '../snapshots/subject.js';

const database = withDatabase();
const guardian = createGuardian();
const { signal } = new AbortController();
const definition = { service: 'reviver_postgres', location: 'knowledge' as const };
let dataDir: string;
let catalog: BackupStore;
beforeEach(async () => {
  dataDir = await freshRoot('knowledge-');
  catalog = createBackupCatalog({ reviver_knowledge: definition }, { dir: dataDir, secretKey: 'ab'.repeat(32) });
  await database.query(`DELETE FROM knowledge`);
  await database.query(
    `INSERT INTO knowledge (kind, source, body, at) SELECT 'document', 'note ' || n, 'words ' || n, now() FROM generate_series(1, 50) n`,
  );
});
afterAll(() => guardian.close());

const service = () =>
  serviceWith({
    name: 'reviver_postgres',
    health: [{ type: 'postgres', url: database.url, intervalMs: 1, timeoutMs: 2_000, failures: 1 }],
  });
function rim() {
  const runKey = `knowledge ${dataDir}`;
  const exec = createExec(guardian)({ runKey, signal });
  return { signal, runKey, exec, dataDir, log: () => {}, now: () => new Date() };
}
const saved = () => saveBackup('reviver_knowledge', definition, service(), catalog, rim());
const restore = (record: Awaited<ReturnType<typeof saved>>, force = false) =>
  restoreKnowledge(record, service(), catalog, { ...rim(), force });
const documents = async () => (await database.query('SELECT count(*)::int AS n FROM knowledge'))[0]?.n;

describe('a knowledge base', () => {
  test.each([
    ['a table is gone', 'DROP TABLE knowledge_terms CASCADE'],
    ['all of it is gone', 'DROP TABLE knowledge, knowledge_terms, knowledge_words CASCADE'],
    ['its rows are gone', 'TRUNCATE knowledge'],
    ['a table is not what it was', 'ALTER TABLE knowledge DROP COLUMN body'],
  ])(
    'of which %s comes back from its backup, and serves again',
    async (_, damage) => {
      const record = await saved();
      await database.query(damage);
      expect(await restore(record, damage.startsWith('ALTER'))).toContain('50 rows of 20');
      expect(await documents()).toBe(50);
      await database.query(
        `INSERT INTO knowledge (kind, source, body, at) VALUES ('document', 'later', 'goes on', now())`,
      );
      expect(await database.query('SELECT FROM knowledge_terms')).toEqual([]);
    },
    60_000,
  );

  test('that is there is replaced with force alone', async () => {
    const record = await saved();
    await database.query(`DELETE FROM knowledge WHERE source <> 'note 1'`);
    await expect(restore(record)).rejects.toThrow(/is there, with 1 row. Nothing was changed. Give --force/);
    expect(await documents()).toBe(1);
    await restore(record, true);
    expect(await documents()).toBe(50);
  }, 60_000);

  test('stays as it is when the backup cannot be restored over it', async () => {
    const record = await saved();
    await database.query('CREATE TABLE leans (word text REFERENCES knowledge_words (lexeme))');
    try {
      await expect(restore(record, true)).rejects.toThrow(/could not be restored: .*It is as it was before/s);
      expect(await documents()).toBe(50);
    } finally {
      await database.query('DROP TABLE leans');
    }
  }, 60_000);
});
