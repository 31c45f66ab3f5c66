import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createBackup } from '../../../../src/engine/actions/create-backup.js';
import { restoreBackup } from '../../../../src/engine/actions/restore-backup.js';
import { restorePrevious } from '../../../../src/engine/actions/restore-previous.js';
import { createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { type OwnPostgres, startOwnPostgres } from '../../../support/postgres.js';
import { queryAt } from '../../../support/postgres-service.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot, keptService } from '../snapshots/subject.js';

let server: OwnPostgres;
beforeAll(async () => {
  server = await startOwnPostgres();
}, 60_000);

const backup = { backup: 'shop_backup' };

/** A database with a backup of 10 rows, in which 5 were written since. */
async function shop(name: string) {
  await server.query(`CREATE DATABASE "${name}"`);
  await sql(name, 'CREATE TABLE orders AS SELECT n FROM generate_series(1, 10) n');
  const root = await freshRoot('pg-backup-');
  const health = [{ type: 'postgres' as const, url: server.url, intervalMs: 1, timeoutMs: 2_000, failures: 1 }];
  const kept = keptService(
    serviceWith({ name: 'db', process: { command: ['true'], cwd: root, env: {} }, health }),
    root,
  );
  const backups = createBackupCatalog(
    { shop_backup: { service: 'db', location: 'postgres', database: name } },
    { dir: join(root, 'backups') },
  );
  const context = (runKey: string) => kept.context(runKey, { backups });
  const made = await createBackup.run({ name: 'shop_backup' }, context('R-1/0'), {});
  await sql(name, 'INSERT INTO orders SELECT n FROM generate_series(11, 15) n');
  return { name, backups, context, made };
}

const sql = (name: string, text: string) => queryAt(server.url, text, name);
const rows = async (name: string) => (await sql(name, 'SELECT count(*)::int AS n FROM orders'))[0]?.n;

describe('a backup of Postgres', () => {
  test('is restored, known to be, and taken back once; asked again, nothing happens', async () => {
    const { name, context, made } = await shop('Shop 1');
    expect(made).toMatchObject({ summary: '10 rows', rows: 10 });
    const ctx = context('R-2/0');
    const before = (await restoreBackup.look?.(backup, ctx)) ?? {};
    expect(before).toMatchObject({ there: true, database: name, aside: 'R-2_0' });
    expect(await restoreBackup.preview?.(backup, ctx)).toMatch(
      /would replace database Shop 1 \(.+\) by backup of .+, 10 rows/,
    );
    expect(await restoreBackup.probe?.(backup, before, ctx)).toMatchObject({ outcome: 'not_done' });
    expect(await restoreBackup.run(backup, ctx, before)).toMatchObject({ rows: 10, aside: 'Shop 1_before_r_2_0' });
    expect(await rows(name)).toBe(10);
    expect(await restoreBackup.probe?.(backup, before, ctx)).toMatchObject({ outcome: 'done' });

    const undo = restoreBackup.inverse?.(backup, before);
    expect(undo).toEqual({ action: 'restore_previous', input: { service: 'db', aside: 'R-2_0', database: name } });
    const input = undo?.input ?? {};
    expect(await restorePrevious.probe?.(input, {}, ctx)).toMatchObject({ outcome: 'not_done' });
    await restorePrevious.run(input, ctx, {});
    expect(await rows(name)).toBe(15);
    expect(await restorePrevious.probe?.(input, {}, ctx)).toMatchObject({ outcome: 'done' });
    expect(await restorePrevious.run(input, ctx, {})).toEqual({ summary: 'nothing was set aside any more' });
    expect(await rows(name)).toBe(15);
  }, 60_000);

  test('that is damaged is refused before anything is touched', async () => {
    const { name, backups, context } = await shop('Shop 2');
    const [record] = await backups.list('shop_backup');
    const ctx = context('R-3/0');
    const before = (await restoreBackup.look?.(backup, ctx)) ?? {};
    await appendFile(record?.file ?? '', 'x');
    await expect(restoreBackup.run(backup, ctx, before)).rejects.toThrow(/is damaged .*; nothing was touched/);
    expect(await rows(name)).toBe(15);
  }, 60_000);

  test('takes the place of a database whose users come back at once, and never closes it to them', async () => {
    const { name, context } = await shop('Shop 4');
    const ctx = context('R-5/0');
    const before = (await restoreBackup.look?.(backup, ctx)) ?? {};
    const over = new AbortController();
    let closed = 0;
    const users = Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted) await sql(name, 'SELECT pg_sleep(1)').catch(() => undefined);
    });
    const watch = async () => {
      while (!over.signal.aborted) {
        const found = await server.query('SELECT FROM pg_database WHERE NOT datallowconn AND NOT datistemplate');
        closed += found.length;
      }
    };
    const watching = watch();
    try {
      expect(await restoreBackup.run(backup, ctx, before)).toMatchObject({ rows: 10 });
      await restorePrevious.run(restoreBackup.inverse?.(backup, before)?.input ?? {}, ctx, {});
    } finally {
      over.abort();
      await Promise.all([...users, watching]);
    }
    expect(closed).toBe(0);
    expect(await rows(name)).toBe(15);
  }, 60_000);

  test('of a database that is gone is none', async () => {
    const { name, backups, context } = await shop('Shop 3');
    await server.query(`DROP DATABASE "${name}"`);
    await expect(createBackup.run({ name: 'shop_backup' }, context('R-4/0'), {})).rejects.toThrow(/No backup was made/);
    expect(await backups.list('shop_backup')).toHaveLength(1);
  }, 60_000);
});
