import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionContext, ActionError, UnknownOutcome } from '../../../../src/engine/actions/action.js';
import { sqlQuery } from '../../../../src/engine/actions/sql-query.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { aService } from '../../../support/builders.js';
import { withDatabase } from '../../../support/database.js';
import { eventually } from '../../../support/eventually.js';
import { startOwnPostgres } from '../../../support/postgres.js';
import { startTcpProxy, type TcpProxy } from '../../../support/tcp-proxy.js';
import { contextWith } from '../../../unit/engine/actions/context.js';

const db = withDatabase();
let serial = 0;
let proxy: TcpProxy;

beforeEach(async () => {
  serial += 1;
  await db.query('DROP TABLE IF EXISTS orders');
  await db.query(
    "CREATE TABLE orders AS SELECT n AS id, 'open' AS state, 'k' || n AS api_key FROM generate_series(1, 200) n",
  );
  await db.query('ANALYZE orders');
  const { hostname, port } = new URL(db.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
});
afterEach(() => proxy.close());

const ctx = (given: Partial<ActionContext> = {}) => contextWith({ runKey: `R-${serial}/0`, ...given });
const ask = (given: JsonObject, context = ctx()) => sqlQuery.run({ database: db.url, ...given }, context, {});
const failure = (given: JsonObject, context = ctx()): Promise<unknown> =>
  ask(given, context).then(
    () => 'no failure',
    (error: unknown) => error,
  );
const open = async () => (await db.query("SELECT count(*)::int AS n FROM orders WHERE state = 'open'"))[0]?.n;
const CLOSE: JsonObject = { query: "UPDATE orders SET state = 'closed' WHERE id <= $1", params: [20], writes: true };
/** What runs of this test's step on the server. */
const running = async () =>
  (
    await db.query("SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'", [
      `reviver R-${serial}/0`,
    ])
  ).length;

describe('a query that reads', () => {
  test('gives the first rows and the number of all, with parameters as such', async () => {
    const result = await ask({
      query: 'SELECT id, state, id > 1 AS later, NULL AS nothing FROM orders WHERE id < $1 AND state = $2 ORDER BY id',
      params: [100, 'open'],
      max_rows: 2,
    });
    expect(result).toEqual({
      summary: '99 rows, 2 kept',
      row_count: 99,
      rows: [
        { id: 1, state: 'open', later: false, nothing: null },
        { id: 2, state: 'open', later: true, nothing: null },
      ],
    });
  });

  test('takes a text with quotes and semicolons for nothing but a text', async () => {
    const evil = "'; DROP TABLE orders; --";
    expect(await ask({ query: 'SELECT $1::text AS said', params: [evil] })).toMatchObject({ rows: [{ said: evil }] });
    expect(await open()).toBe(200);
  });

  test('keeps no secrets and no long texts', async () => {
    const query =
      "SELECT 'hunter2' AS password, 'postgres://u:hunter2@h/d' AS url, repeat('x', 2000) AS long, id AS api_key FROM orders";
    const result = await ask({ query });
    const text = JSON.stringify(result);
    expect(text).not.toContain('hunter2');
    expect(text).toContain('(2000 characters)');
    expect(text.length).toBeLessThan(20_000);
    expect(result).toMatchObject({
      row_count: 200,
      cut: expect.stringMatching(/^\d+ more rows would have been too much text$/),
    });
  });

  test.each([
    ['WITH gone AS (DELETE FROM orders RETURNING id) SELECT count(*) FROM gone'],
    ['SELECT * FROM orders FOR UPDATE'],
    ['SELECT wipe()'],
    ['EXPLAIN ANALYZE DELETE FROM orders'],
    ['SELECT * INTO copied FROM orders'],
  ])('is refused by the server itself where it would change something: %s', async (query) => {
    await db.query('CREATE OR REPLACE FUNCTION wipe() RETURNS void LANGUAGE sql AS $$ DELETE FROM orders $$');
    const error = await failure({ query });
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /refused: the server takes no writes there.*read-only transaction\)\. Nothing was changed\.$/,
      ),
      options: { code: 'sql_25006', retryable: false },
    });
    expect(await open()).toBe(200);
  });

  test('cannot make its transaction one that writes', async () => {
    await db.query(
      "CREATE OR REPLACE FUNCTION sneak() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('transaction_read_only', 'off', true); DELETE FROM orders; END $$",
    );
    expect(await failure({ query: 'SELECT sneak()' })).toMatchObject({
      message: expect.stringMatching(/cannot set transaction read-write mode|Nothing was changed/),
    });
    expect(await open()).toBe(200);
  });

  test('that is wrong says what the server said, and no secret', async () => {
    const error = await failure({ query: 'SELECT * FROM nowhere' });
    expect(error).toMatchObject({
      message: expect.stringMatching(/refused: relation "nowhere" does not exist\. Nothing was changed\.$/),
      options: { retryable: false },
    });
    expect(String(error)).not.toContain(new URL(db.url).password || 'no password');
  });

  test('is ended by the server after its timeout', async () => {
    expect(await failure({ query: 'SELECT pg_sleep(60)', timeout: '200ms' })).toMatchObject({
      message: expect.stringMatching(/was told to end the statement after 0\.2 s\. Nothing was changed\.$/),
      options: { code: 'sql_timeout' },
    });
    expect(await running()).toBe(0);
  });
});

describe('a query that writes', () => {
  test('is committed and tells how many rows it changed', async () => {
    expect(await ask(CLOSE)).toMatchObject({ summary: '20 rows', row_count: 20, rows: [] });
    expect(await open()).toBe(180);
    expect(
      await ask({ query: 'DELETE FROM orders WHERE id = $1 RETURNING state', params: [1], writes: true }),
    ).toMatchObject({
      rows: [{ state: 'closed' }],
    });
  });

  test('is all or nothing', async () => {
    await db.query('ALTER TABLE orders ADD CHECK (id <> 15 OR state = $$open$$)');
    expect(await failure(CLOSE)).toMatchObject({
      message: expect.stringMatching(/violates check constraint.*Nothing was changed\.$/),
      options: { retryable: false },
    });
    expect(await open()).toBe(200);
  });

  test('of which the answer to the commit was lost is asked for again', async () => {
    const lost = proxy.loseReplyTo('COMMIT');
    expect(await ask({ ...CLOSE, database: proxy.through(db.url) })).toMatchObject({ row_count: 20 });
    await lost;
    expect(await open()).toBe(180);
  });

  test('of which the answer was lost before the commit was rolled back', async () => {
    const lost = proxy.loseReplyTo('UPDATE orders');
    expect(await failure({ ...CLOSE, database: proxy.through(db.url) })).toMatchObject({
      message: expect.stringMatching(
        /lost before the commit\. The transaction was rolled back; nothing was changed\.$/,
      ),
    });
    await lost;
    expect(await open()).toBe(200);
  });

  test('is unknown when the connection is lost and nobody can be asked', async () => {
    const lost = proxy.loseReplyTo('COMMIT');
    const failed = failure({ ...CLOSE, database: proxy.through(db.url) });
    await lost;
    await proxy.close();
    const error = await failed;
    expect(error).toBeInstanceOf(UnknownOutcome);
    expect(String(error)).toMatch(/the statement was sent, and the connection was lost; the server cannot be asked/);
  });

  test('is unknown when no rollback would undo what it calls', async () => {
    const lost = proxy.loseReplyTo('pg_cancel_backend');
    const input = { query: 'SELECT pg_cancel_backend($1)', params: [1], writes: true };
    const error = await failure({ ...input, database: proxy.through(db.url) });
    await lost;
    expect(error).toBeInstanceOf(UnknownOutcome);
    expect(String(error)).toMatch(/what pg_cancel_backend did until then stays/);
  });
});

describe('a cancel', () => {
  test.each([
    ['that reads', { query: 'SELECT pg_sleep(60)' }],
    ['that writes', { query: 'UPDATE orders SET state = pg_sleep(60)::text', writes: true }],
  ])('ends a statement %s on the server', async (_, given) => {
    const controller = new AbortController();
    const failed = failure(given, ctx({ signal: controller.signal }));
    await eventually(async () => expect(await running()).toBe(1));
    controller.abort(new Error('cancelled by Ann'));
    expect(await failed).toMatchObject({ message: 'cancelled by Ann' });
    await eventually(async () => expect(await running()).toBe(0));
    expect(await open()).toBe(200);
  });

  test('before it began connects to nothing', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    expect(await failure(CLOSE, ctx({ signal }))).toMatchObject({ message: 'too late' });
  });
});

describe('after a crash', () => {
  // A server of its own: on a shared one others write, too.
  let own: Awaited<ReturnType<typeof startOwnPostgres>>;
  const write: JsonObject = { query: 'INSERT INTO t VALUES ($1)', params: [1], writes: true };
  const at = () => ({ ...write, database: own.url });
  beforeEach(async () => {
    own ??= await startOwnPostgres();
    await own.query('CREATE TABLE IF NOT EXISTS t (n int)');
  }, 60_000);

  test('a read is not done, and may be run again', async () => {
    expect(await sqlQuery.probe?.({ database: own.url, query: 'SELECT 1' }, {}, ctx())).toMatchObject({
      outcome: 'not_done',
    });
  }, 60_000);

  test('a write is not done when the server has written nothing since', async () => {
    const before = (await sqlQuery.look?.(at(), ctx())) ?? {};
    expect(before).toEqual({ next_xid: expect.stringMatching(/^\d+$/) });
    await own.query('SELECT 1');
    expect(await sqlQuery.probe?.(at(), before, ctx())).toEqual({
      outcome: 'not_done',
      evidence: 'no transaction has written anything on that server since',
    });
  }, 60_000);

  test.each([
    ['it was committed', async () => void (await sqlQuery.run(at(), ctx(), {}))],
    ['somebody else wrote', async () => void (await own.query('INSERT INTO t VALUES (9)'))],
  ])(
    'a write is unknown when %s',
    async (_, happen) => {
      const before = (await sqlQuery.look?.(at(), ctx())) ?? {};
      await happen();
      expect(await sqlQuery.probe?.(at(), before, ctx())).toMatchObject({ outcome: 'unknown' });
    },
    60_000,
  );

  test('a write is unknown while it still runs there', async () => {
    const slow = { ...at(), query: 'INSERT INTO t SELECT $1 FROM pg_sleep(60)' };
    const before = (await sqlQuery.look?.(slow, ctx())) ?? {};
    const controller = new AbortController();
    const failed = sqlQuery.run(slow, ctx({ signal: controller.signal }), before).catch(() => 'ended');
    await eventually(async () =>
      expect(await sqlQuery.probe?.(slow, before, ctx())).toEqual({
        outcome: 'unknown',
        evidence: expect.stringMatching(/^its statement still runs there \(backend \d+\)$/),
      }),
    );
    controller.abort();
    await failed;
  }, 60_000);

  test('a write is unknown when nobody looked, and when no trace is left', async () => {
    expect(await sqlQuery.probe?.(at(), {}, ctx())).toMatchObject({ outcome: 'unknown' });
    const kill = { database: own.url, query: 'SELECT pg_terminate_backend($1)', params: [1], writes: true };
    const before = (await sqlQuery.look?.(kill, ctx())) ?? {};
    expect(await sqlQuery.probe?.(kill, before, ctx())).toMatchObject({
      outcome: 'unknown',
      evidence: 'pg_terminate_backend leaves no trace that could be looked at',
    });
  }, 60_000);

  test('a server that is down cannot be looked at, which is said', async () => {
    const before = (await sqlQuery.look?.(at(), ctx())) ?? {};
    await own.stop();
    await expect(sqlQuery.probe?.(at(), before, ctx())).rejects.toThrow(/cannot be reached: connection refused/);
    expect(await failure(at())).toMatchObject({
      message: expect.stringMatching(/cannot be reached: connection refused\. Nothing was changed\.$/),
    });
    await own.start();
  }, 60_000);

  test('a server that hangs: a read has failed, a write is unknown', async () => {
    const slow = { ...at(), query: 'INSERT INTO t SELECT $1 FROM pg_sleep(60)', timeout: '1s' };
    const writing = failure(slow);
    await eventually(async () => {
      const [row] = await own.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active'",
      );
      expect(row?.n).toBe(1);
    });
    await own.freeze();
    const reading = failure({ database: own.url, query: 'SELECT 1', timeout: '100ms' });
    expect(await reading).toBeInstanceOf(ActionError);
    expect(await writing).toBeInstanceOf(UnknownOutcome);
    await own.thaw();
  }, 60_000);
});

describe('a preview', () => {
  const preview = (given: JsonObject, context = ctx()) => sqlQuery.preview?.({ database: db.url, ...given }, context);

  test('measures by the plan of the server, and changes nothing', async () => {
    expect(await preview(CLOSE)).toMatch(
      /^would change about (19|20|21) rows by the server's estimate; reviver_test_\w+ has \d+ connections?, the server allows \d+$/,
    );
    expect(await preview({ query: 'SELECT * FROM orders' })).toMatch(/^would read about 200 rows by/);
    expect(await preview({ query: 'DROP TABLE orders', writes: true })).toMatch(/^would run DROP; /);
    expect(await open()).toBe(200);
  });

  test('that cannot be made says why', async () => {
    await expect(preview({ query: 'SELECT * FROM nowhere' })).rejects.toThrow(/relation "nowhere" does not exist/);
  });
});

describe('a database', () => {
  const check = {
    type: 'postgres' as const,
    url: 'postgres://nobody@nowhere/x',
    intervalMs: 1,
    timeoutMs: 1,
    failures: 1,
  };

  test('may be the name of a service, which is claimed', async () => {
    const service = aService('shop', { health: [{ ...check, url: db.url }] });
    const context = ctx({ service: () => service });
    expect(await ask({ database: 'shop', query: 'SELECT 1 AS one' }, context)).toMatchObject({ rows: [{ one: 1 }] });
    expect(sqlQuery.services({ database: 'shop', query: 'SELECT 1' }, context.backups)).toEqual(['shop']);
    expect(sqlQuery.services({ database: db.url, query: 'SELECT 1' }, context.backups)).toEqual([]);
  });

  test('whose address is not known is told', async () => {
    const context = ctx({ service: () => aService('shop', { health: [] }) });
    expect(await failure({ database: 'shop', query: 'SELECT 1' }, context)).toMatchObject({
      message: expect.stringMatching(/^shop has no postgres health check with a URL/),
    });
  });

  test('is shown without user and password', () => {
    const input = { database: 'postgres://ann:hunter2@db.example:5432/shop', query: 'SELECT  1' };
    expect(sqlQuery.title(input)).toBe('Query db.example:5432/shop: SELECT 1');
  });
});
