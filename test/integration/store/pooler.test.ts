import { afterEach, expect, test } from '@jest/globals';
import { openStore } from '../../../src/app/open-store.js';
import { createLeadership } from '../../../src/store/leadership.js';
import { refuseTransactionPooling } from '../../../src/store/pooler.js';
import { createRecoveryStore } from '../../../src/store/recovery-store.js';
import { createWorkerRegistry } from '../../../src/store/worker-registry.js';
import { eventually, withDatabase } from '../../support/index.js';
import { describePgBouncer, throughPgBouncer } from '../../support/pgbouncer.js';
import { aDraft, aWorker } from './open-store.js';

const database = withDatabase();
const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

async function open(url: string) {
  const settings = { applicationName: 'test', connections: 4, log: () => {}, signal: AbortSignal.timeout(20_000) };
  const opened = await openStore(url, settings);
  closes.push(opened.close);
  return opened.pool;
}

test('Postgres itself is not taken for a pooler', async () => {
  await refuseTransactionPooling(database.url, 'test');
});

describePgBouncer('through PgBouncer', () => {
  test.each(['transaction', 'statement'] as const)(
    'in %s mode nothing starts, and it is said why',
    async (mode) => {
      const bouncer = await throughPgBouncer(database.url, mode);
      await expect(open(bouncer?.url ?? '')).rejects.toThrow(
        /^DATABASE_URL leads to a pooler that lends connections for a transaction .*Set pool_mode = session/,
      );
    },
    30_000,
  );

  test('in session mode a recovery is made, taken and committed, with the settings of a connection', async () => {
    const bouncer = await throughPgBouncer(database.url, 'session');
    const pool = await open(bouncer?.url ?? '');
    const store = createRecoveryStore(pool, { leaseMs: 8_000 });
    const registry = createWorkerRegistry(pool, { leaseMs: 8_000, slots: 2 });
    const worker = aWorker('w1');
    await registry.join(worker);
    for (const service of ['redis', 'web']) await store.create(aDraft(service));
    expect(await store.due(worker, [], [], 10)).toHaveLength(2);
    const { rows } = await pool.query(
      `SELECT current_setting('statement_timeout') AS statement, current_setting('enable_seqscan') AS seqscan`,
    );
    expect(rows).toEqual([{ statement: '2500ms', seqscan: 'off' }]);
  }, 30_000);

  test('in session mode one process leads, and when its connections end another does', async () => {
    const bouncer = await throughPgBouncer(database.url, 'session');
    const [first, second] = [await open(bouncer?.url ?? ''), await open(bouncer?.url ?? '')];
    const [a, b] = [createLeadership(first, 'health'), createLeadership(second, 'health')];
    closes.push(a.close, b.close);
    expect([await a.leads(), await b.leads()]).toEqual([true, false]);
    await a.close();
    await eventually(async () => expect(await b.leads()).toBe(true), { timeoutMs: 2_000 });
  }, 30_000);
});
