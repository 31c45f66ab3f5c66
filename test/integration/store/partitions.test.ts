import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { startWriters } from '../../../scripts/partitions/writers.mjs';
import { createEventLog } from '../../../src/store/event-log.js';
import { careForPartitions, partitionFacts } from '../../../src/store/partitions/care.js';
import { monthStart } from '../../../src/store/partitions/months.js';
import { createPool } from '../../../src/store/pool.js';
import { eventually, withDatabase } from '../../support/index.js';

const database = withDatabase();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const never = new AbortController().signal;
const logged: { message: string; fields: unknown }[] = [];
const log = (_: string, message: string, fields?: unknown): void => void logged.push({ message, fields });

function openPool(): pg.Pool {
  const pool = createPool(database.url, { connections: 4 });
  closing.push(() => pool.end());
  return pool;
}

function care(pool: pg.Pool, over: { monthsAhead?: number; monthsKept?: number; patienceMs?: number } = {}) {
  return careForPartitions(pool, { monthsAhead: 3, monthsKept: 12, log, patienceMs: 5_000, ...over }, never);
}

const name = (months: number) =>
  `events_${new Date(monthStart(Date.now(), months)).toISOString().slice(0, 7).replace('-', '_')}`;

async function partitions(): Promise<string[]> {
  const rows = await database.query(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1`,
  );
  return rows.map((row) => String(row.name));
}

/** As an installation that nobody looked after: no partition from `months` on. */
async function neglect(months: number): Promise<void> {
  for (const partition of await partitions())
    if (partition !== 'events_default' && partition >= name(months)) await database.query(`DROP TABLE ${partition}`);
}

async function oldEvents(months: number, recoveryId: number | null = null): Promise<void> {
  await database.query(
    `INSERT INTO events (at, recovery_id, kind, actor, data) SELECT $1::timestamptz + n * interval '1 minute', $2, 'old', 'test', '{}' FROM generate_series(1, 100) n`,
    [new Date(monthStart(Date.now(), months)), recoveryId],
  );
}

describe('the care of partitions', () => {
  test('makes the months to come, and nothing twice', async () => {
    const pool = openPool();
    await neglect(1);
    expect(await care(pool)).toEqual({ created: [name(1), name(2), name(3)], dropped: [] });
    expect(await care(pool)).toEqual({ created: [], dropped: [] });
    expect(await partitions()).toEqual([name(0), name(1), name(2), name(3), 'events_default'].sort());
  });

  test('is done by one process, also when many begin at once', async () => {
    const pools = [openPool(), openPool(), openPool()];
    await neglect(1);
    const reports = await Promise.all(pools.map((pool) => care(pool)));
    expect(reports.flatMap((report) => report?.created ?? [])).toEqual([name(1), name(2), name(3)]);
  });

  test('moves rows that came without a partition while writers write and a reader follows; none is lost, doubled or out of order', async () => {
    const pool = openPool();
    await neglect(0);
    // Rows of months that are past, and more of now than one batch.
    await oldEvents(-3);
    await oldEvents(-2);
    await database.query(
      `INSERT INTO events (recovery_id, kind, actor, data) SELECT 1, 'stray', 'test', '{}' FROM generate_series(1, 12000)`,
    );
    const follower = followLog(pool);
    const writers = await startWriters(database.url, { recoveryId: 7 });
    closing.push(writers.stop);
    await eventually(() => writers.written() > 200);
    const report = await care(pool, { patienceMs: 30_000 });
    const before = writers.written();
    await eventually(() => writers.written() > before + 50);
    const { ids, failures, longestMs } = await writers.stop();
    console.log(`${ids.length} writes beside the move of 12,200 rows; the longest took ${longestMs.toFixed(0)} ms`);

    expect(failures).toEqual([]);
    expect(report?.created).toEqual([name(-3), name(-2), name(0), name(1), name(2), name(3)]);
    const [counts] = await database.query(
      `SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids, (SELECT count(*)::int FROM events_default) AS stray FROM events WHERE recovery_id = 7`,
    );
    expect(counts).toEqual({ n: ids.length, ids: ids.length, stray: 0 });
    const [all] = await database.query('SELECT count(*)::int AS n FROM events');
    await eventually(() => expect(follower.seen.length).toBe(all?.n), { timeoutMs: 15_000 });
    await follower.stop();
    expect(new Set(follower.seen).size).toBe(follower.seen.length);
    const order = await database.query('SELECT e.id::text AS id FROM events e ORDER BY e.xid, e.id');
    expect(follower.seen.findIndex((id, n) => id !== order[n]?.id)).toBe(-1);
  }, 60_000);

  test('drops what is older than its retention, and keeps what an unfinished recovery has said', async () => {
    const pool = openPool();
    for (const months of [-15, -14, -13, -12]) await oldEvents(months, months === -14 ? await unfinished() : null);
    await care(pool, { monthsKept: 24 });
    const report = await care(pool);
    expect(report?.dropped).toEqual([name(-15), name(-13)]);
    expect(await partitions()).toContain(name(-14));
    expect(await partitions()).toContain(name(-12));
    expect(logged.at(-1)).toMatchObject({ message: 'partitions were looked after' });
    expect(logged.at(-2)?.message).toContain('an unfinished recovery has rows in it');
    await database.query(`UPDATE recoveries SET state = 'FAILED', ended_at = now()`);
    expect((await care(pool))?.dropped).toEqual([name(-14)]);
  });

  test('gives up where a dump holds the table, says so, and lets no write wait meanwhile', async () => {
    const pool = openPool();
    await oldEvents(-20);
    await care(pool, { monthsKept: 30 });
    const before = await partitionFacts(pool);
    const dump = new pg.Client({ connectionString: database.url });
    await dump.connect();
    closing.push(() => dump.end());
    await dump.query('BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE events IN ACCESS SHARE MODE');
    const writers = await startWriters(database.url);
    closing.push(writers.stop);
    await expect(care(pool, { patienceMs: 800 })).rejects.toThrow(
      /others have held the table for 1 s.*Nothing was changed/,
    );
    const { failures, longestMs } = await writers.stop();
    expect(failures).toEqual([]);
    console.log(`the longest write beside a dump took ${longestMs.toFixed(0)} ms`);
    expect(longestMs).toBeLessThan(500);
    expect(await partitionFacts(pool)).toMatchObject({ errors: before.errors + 1, dropped: before.dropped });
    await dump.query('ROLLBACK');
    expect((await care(pool))?.dropped).toEqual([name(-20)]);
    const after = await partitionFacts(pool);
    expect(after.dropped).toBe(before.dropped + 1);
    expect(Math.abs(Date.now() / 1_000 - (after.lastSuccess ?? 0))).toBeLessThan(60);
  });

  test('loses nothing when its connections die in the middle of a move', async () => {
    const pool = openPool();
    await neglect(0);
    await database.query(
      `INSERT INTO events (recovery_id, kind, actor, data) SELECT 2, 'stray', 'test', '{}' FROM generate_series(1, 30000) n`,
    );
    const [before] = await database.query('SELECT count(*)::int AS n, sum(id)::text AS sum FROM events');
    const dying = care(pool).then(
      () => 'ended',
      () => 'died',
    );
    await eventually(
      async () => (await database.query(`SELECT to_regclass('events_filling_0') IS NOT NULL AS there`))[0]?.there,
    );
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    expect(await dying).toBe('died');
    expect(await database.query('SELECT count(*)::int AS n, sum(id)::text AS sum FROM events')).toEqual([before]);
    expect((await care(pool))?.created).toContain(name(0));
    expect(await database.query('SELECT count(*)::int AS n, sum(id)::text AS sum FROM events')).toEqual([before]);
  }, 60_000);

  test('removes what a run that died has left, and begins anew', async () => {
    const pool = openPool();
    await oldEvents(-5);
    const ending = new AbortController();
    await database.query('CREATE TABLE events_filling_0 (LIKE events INCLUDING ALL EXCLUDING IDENTITY)');
    await database.query('INSERT INTO events_filling_0 SELECT * FROM events');
    ending.abort();
    await expect(careForPartitions(pool, { monthsAhead: 3, monthsKept: 12, log }, ending.signal)).rejects.toThrow();
    const [before] = await database.query('SELECT count(*)::int AS n FROM events');
    expect((await care(pool))?.created).toContain(name(-5));
    expect(await database.query('SELECT count(*)::int AS n FROM events')).toEqual([before]);
    expect(
      await database.query(`SELECT relname FROM pg_class WHERE relname LIKE 'events_filling%' AND relkind = 'r'`),
    ).toEqual([]);
  });

  test('leaves partitions that have every index of the log', async () => {
    const pool = openPool();
    await neglect(1);
    await care(pool);
    const rows = await database.query(
      `SELECT i.inhparent::regclass::text AS index, count(*)::int AS n FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE c.relkind = 'i' GROUP BY 1 ORDER BY 1`,
    );
    const tables = (await partitions()).length;
    expect(rows).toEqual(
      ['events_by_id', 'events_in_commit_order', 'events_of_recovery'].map((index) => ({ index, n: tables })),
    );
  });
});

/** Reads the log from its beginning as live cards do. */
function followLog(pool: pg.Pool) {
  const { eventsSince } = createEventLog(pool);
  const seen: string[] = [];
  const failures: unknown[] = [];
  const stopping = new AbortController();
  const running = (async () => {
    for (let cursor = '0:0'; !stopping.signal.aborted; ) {
      const next = await eventsSince(cursor, 500);
      seen.push(...next.events.map(({ id }) => String(id)));
      cursor = next.cursor;
      if (next.events.length === 0) await delay(5);
    }
  })().catch((error: unknown) => void failures.push(error));
  const stop = async () => {
    stopping.abort();
    await running;
    expect(failures).toEqual([]);
  };
  closing.push(stop);
  return { seen, stop };
}

async function unfinished(): Promise<number> {
  const [row] = await database.query(
    `WITH plan AS (INSERT INTO plans (risk_score, digest, body) VALUES (0, 'd', '{}') RETURNING id)
     INSERT INTO recoveries (service, state, plan_id, plan_digest, request_digest, requested_by, reason, origin, priority, constitution,
       claims, needs, retry, timeout_ms, unverified, pool)
     SELECT 'redis', 'AWAITING_MANUAL', id, 'd', 'r', 'Ann', '', '{}', 1, 'c', '{}', '{}', '{}', 1, false, 'default' FROM plan RETURNING id`,
  );
  return Number(row?.id);
}
