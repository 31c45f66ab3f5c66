import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool, PoolClient } from 'pg';
import { createHistoryStore } from '../../../src/store/history-store.js';
import { withStore } from './open-store.js';

const on = withStore();
const history = () => createHistoryStore(on.pool);

const MANY = 100_000;
/** A statement has little time. */
const BATCH = 10_000;
const HOUR_MS = 3_600_000;

/** `service-7` has one of a thousand; the last ones are those of the highest ids. */
async function fill(): Promise<void> {
  for (let first = 1; first < MANY; first += BATCH) await fillFrom(first);
  await on.pool.query('ANALYZE');
}

async function fillFrom(first: number): Promise<void> {
  const range = [first, first + BATCH - 1];
  await on.pool.query(
    `INSERT INTO plans (risk_score, digest, body)
     SELECT 0.4, 'd', jsonb_build_object('kind', 'runbook', 'name', 'plan-' || n % 3, 'service', 'service-' || n % 1000,
       'filler', repeat(md5(n::text), 20))
     FROM generate_series($1::int, $2::int) n`,
    range,
  );
  await on.pool.query(
    `INSERT INTO recoveries (service, state, plan_id, plan_digest, request_digest, requested_by, reason, origin, priority,
       constitution, claims, retry, timeout_ms, unverified, pool, active_ms, created_at, started_at, ended_at, outcome, retry_of)
     SELECT 'service-' || n % 1000, (ARRAY['SUCCEEDED','SUCCEEDED','FAILED','CANCELLED'])[1 + (n / 1000) % 4], n, 'd', 'r', 'Ann', '',
       '{"platform": "api"}', 5, 'c', ARRAY['service-' || n % 1000], '{}', 1, false, 'default', 2000,
       now() - interval '10 s', now(), now(), CASE WHEN (n / 1000) % 4 = 3 THEN '{"code": "rejected", "message": ""}'::jsonb END,
       CASE WHEN n % 100 = 0 THEN n - 1 END
     FROM generate_series($1::int, $2::int) n`,
    range,
  );
  await on.pool.query(
    `INSERT INTO ratings (recovery_id, person, helped, via) SELECT n, p, p = 'Ann', 'api' FROM generate_series($1::int, $2::int) n, (VALUES ('Ann'), ('Lee')) people(p)`,
    range,
  );
}

beforeAll(fill, 120_000);

/** The plans of everything that `work` asks the database. */
async function plansOf(work: (store: ReturnType<typeof createHistoryStore>) => Promise<unknown>): Promise<string[]> {
  const seen: { text: string; values: unknown[] }[] = [];
  const listening = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get: (of, name) =>
        name === 'query'
          ? (given: { text: string; values: unknown[] }) => {
              seen.push(given);
              return of.query(given);
            }
          : Reflect.get(of, name, of),
    });
  const spy: Pool = new Proxy(on.pool, {
    get: (of, name) => (name === 'connect' ? async () => listening(await of.connect()) : Reflect.get(of, name, of)),
  });
  await work(createHistoryStore(spy));
  expect(seen).not.toHaveLength(0);
  const explained = await Promise.all(
    seen.map(({ text, values }) => on.pool.query({ text: `EXPLAIN ${text}`, values })),
  );
  return explained.map(({ rows }) => rows.map((row) => row['QUERY PLAN']).join('\n'));
}

describe('among 100,000 recoveries', () => {
  test.each<[string, Parameters<typeof plansOf>[0]]>([
    ['the last of all', (store) => store.ended({ limit: 11 })],
    ['the next page', (store) => store.ended({ before: 50_000, limit: 11 })],
    ['the last of a service', (store) => store.ended({ service: 'service-7', limit: 11 })],
    ['its next page', (store) => store.ended({ service: 'service-7', before: 50_000, limit: 11 })],
    ['how each plan did', (store) => store.records()],
    ['how each plan did for a service', (store) => store.records('service-7')],
    ['what took the place of one', (store) => store.successors(4_999, 5_000)],
  ])('%s is found without reading any table as a whole', async (_what, work) => {
    for (const plan of await plansOf(work)) expect(plan).not.toMatch(/Seq Scan/);
  });

  test('the last of a service, newest first, with work, votes and why it ended', async () => {
    const items = await history().ended({ service: 'service-7', limit: 3 });
    expect(items.map(({ id }) => id)).toEqual([99_007, 98_007, 97_007]);
    expect(items[0]).toMatchObject({
      kind: 'runbook',
      plan: 'plan-1',
      state: 'CANCELLED',
      code: 'rejected',
      activeMs: 2_000,
      helped: 1,
      didNotHelp: 1,
      notes: 0,
    });
    expect(await history().ended({ service: 'service-7', before: 98_007, limit: 1 })).toMatchObject([{ id: 97_007 }]);
  });

  test('what took the place of each, of many in one question', async () => {
    const found = await history().successors(99, 199, 200);
    expect(found).toEqual(
      new Map([
        [99, 100],
        [199, 200],
      ]),
    );
  });

  test('a plan is judged by what was carried out, and not by what people stopped', async () => {
    const records = await history().records('service-7');
    expect(records.reduce((sum, { runs }) => sum + runs, 0)).toBe(75);
    expect(records.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(50);
    expect(records[0]).toMatchObject({ kind: 'runbook', medianActiveMs: 2_000 });
  });
});

test('disasters are told with their figures, the newest first', async () => {
  const [first, second] = [new Date(Date.now() - HOUR_MS), new Date()];
  await on.pool.query(
    `INSERT INTO disasters VALUES ('one', 'redis', 'FAILED', 'root', $1, NULL, NULL), ('two', 'postgres', 'SUCCEEDED', 'ann', $2, 432000, 3100)`,
    [first, second],
  );
  expect(await history().disasters(20)).toEqual([
    { id: 'two', lost: 'postgres', state: 'SUCCEEDED', by: 'ann', endedAt: second, rtoMs: 432_000, rpoMs: 3_100 },
    { id: 'one', lost: 'redis', state: 'FAILED', by: 'root', endedAt: first, rtoMs: null, rpoMs: null },
  ]);
  expect(await history().disasters(1)).toHaveLength(1);
});

describe('a plan is proven', () => {
  const end = (id: number, over: string) => on.pool.query(`UPDATE recoveries SET ${over} WHERE id = $1`, [id]);
  const proofs = async (service: string) =>
    (await history().proofs(service)).map(({ kind, name, at }) => ({ kind, name, at: at.getTime() }));

  test('by a success that a health check verified, and by the last one', async () => {
    const [first, second] = [new Date(Date.now() - HOUR_MS), new Date()];
    await end(1, `state = 'IN_PROGRESS', service = 'proof'`);
    expect(await proofs('proof')).toEqual([]);
    await on.pool.query(`UPDATE recoveries SET state = 'SUCCEEDED', ended_at = $2 WHERE id = $1`, [1, second]);
    expect(await proofs('proof')).toEqual([{ kind: 'runbook', name: 'plan-1', at: second.getTime() }]);
    await end(4, `state = 'IN_PROGRESS', service = 'proof'`);
    await on.pool.query(`UPDATE recoveries SET state = 'SUCCEEDED', ended_at = $2 WHERE id = $1`, [4, first]);
    expect(await proofs('proof')).toEqual([{ kind: 'runbook', name: 'plan-1', at: second.getTime() }]);
  });

  test('neither by a failure nor by a success that nobody verified', async () => {
    await end(2, `state = 'IN_PROGRESS', service = 'other'`);
    await end(2, `state = 'FAILED', ended_at = now()`);
    await end(3, `state = 'IN_PROGRESS', service = 'other', unverified = true`);
    await end(3, `state = 'SUCCEEDED', ended_at = now()`);
    expect(await proofs('other')).toEqual([]);
  });
});
