import { expect, test } from '@jest/globals';
import { createPool } from '../../../src/store/pool.js';
import { rows } from '../../../src/store/query.js';
import { createStoreLink } from '../../../src/store/store-link.js';
import { startOwnPostgres } from '../../support/postgres.js';

test('a Postgres that was frozen is told to be back by the first answer, also on a connection that it had before', async () => {
  const postgres = await startOwnPostgres();
  const pool = createPool(postgres.url, { connections: 2 });
  const lines: string[] = [];
  createStoreLink((_level, message) => void lines.push(message)).watch(pool);
  const ask = () => rows(pool, 'SELECT 1');
  try {
    await Promise.all([ask(), ask()]);
    await postgres.freeze();
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    expect(lines).toEqual([expect.stringContaining('Postgres does not answer')]);
    await postgres.thaw();
    await ask();
    expect(pool.totalCount).toBe(1);
    expect(lines).toEqual([expect.stringContaining('does not answer'), expect.stringContaining('Postgres is back')]);
  } finally {
    await pool.end();
  }
}, 60_000);
