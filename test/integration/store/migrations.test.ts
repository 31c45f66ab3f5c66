import { expect, test } from '@jest/globals';
import { withStore } from './open-store.js';

const on = withStore();

async function schema(): Promise<string[]> {
  const { rows } =
    await on.pool.query(`SELECT relname || ':' || relkind::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p', 'S') AND relname NOT LIKE 'reviver_migrations%' UNION
    SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE nspname = 'public' ORDER BY 1`);
  return rows.map((row) => row.name);
}

test('migrations go down to nothing and up to the same schema again', async () => {
  const full = await schema();
  expect(full.length).toBeGreaterThan(20);
  for (const _ of on.source.migrations) await on.source.undoLastMigration({ transaction: 'all' });
  expect(await schema()).toEqual([]);
  await on.source.runMigrations({ transaction: 'all' });
  expect(await schema()).toEqual(full);
});

test('TypeORM never changes the schema by itself', async () => {
  expect(on.source.options).toMatchObject({ synchronize: false });
  expect(on.source.options.migrationsRun ?? false).toBe(false);
});
