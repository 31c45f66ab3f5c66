import { describe, expect, test } from '@jest/globals';
import { removeOld } from '../../../src/store/retention.js';
import { aDraft, withStore } from './open-store.js';

const on = withStore();
const DAY_MS = 86_400_000;
const never = new AbortController().signal;
const run = () =>
  removeOld(on.pool, { recoveriesMs: 365 * DAY_MS, effectsMs: 30 * DAY_MS, consoleMs: 365 * DAY_MS }, never);
const count = async (table: string) =>
  (await on.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]?.n;

async function recovery(service: string, state: string, endedDaysAgo: number | null): Promise<number> {
  const made = await on.store.create(aDraft(service));
  const id = made.recovery.id;
  await on.pool.query(
    `UPDATE recoveries SET state = $2, ended_at = now() - $3::float8 * interval '1 day', created_at = now() - interval '500 days' WHERE id = $1`,
    [id, state, endedDaysAgo],
  );
  return id;
}

describe('what is over', () => {
  test('is removed when it is older than its retention, with all that belongs to it; what is unfinished stays', async () => {
    for (let n = 0; n < 450; n += 1) await recovery(`old-${n}`, 'SUCCEEDED', 366);
    const kept = [await recovery('young', 'FAILED', 364), await recovery('waiting', 'AWAITING_MANUAL', null)];
    await on.pool.query(
      `INSERT INTO chat_views (subject, platform, channel) VALUES ('recovery:1', 'console', 'c'), ('recovery:${kept[0]}', 'console', 'c')`,
    );
    await on.pool.query(
      `INSERT INTO plans (risk_score, digest, body, created_at) VALUES (0, 'd', '{}', now() - interval '400 days'), (0, 'd', '{}', now())`,
    );
    expect(await run()).toMatchObject({ recoveries: 450, plans: 1 });
    expect((await on.pool.query('SELECT id FROM recoveries ORDER BY id')).rows).toEqual(kept.map((id) => ({ id })));
    expect(await count('plans')).toBe(3);
    expect(await count('chat_views')).toBe(1);
    const { rows } = await on.pool.query('SELECT DISTINCT recovery_id AS id FROM steps ORDER BY 1');
    expect(rows.map(({ id }) => id)).toEqual(kept);
    expect(await run()).toEqual({ recoveries: 0, incidents: 0, plans: 0, effects: 0, messages: 0, answers: 0 });
  }, 60_000);

  test('of incidents is what was resolved long ago, unless its recovery is kept', async () => {
    const [kept] = (await on.pool.query<{ id: number }>('SELECT id FROM recoveries LIMIT 1')).rows;
    await on.pool.query(
      `INSERT INTO incidents (service, fingerprint, title, detail, severity, state, resolved_at, recovery_id) VALUES
         ('a', 'long ago', 't', '', 1, 'resolved', now() - interval '366 days', 1),
         ('a', 'of a kept recovery', 't', '', 1, 'resolved', now() - interval '366 days', $1),
         ('a', 'lately', 't', '', 1, 'resolved', now(), NULL), ('a', 'open', 't', '', 1, 'open', NULL, NULL)`,
      [kept?.id],
    );
    expect(await run()).toMatchObject({ incidents: 1 });
    expect((await on.pool.query('SELECT fingerprint FROM incidents ORDER BY id')).rows).toEqual(
      ['of a kept recovery', 'lately', 'open'].map((fingerprint) => ({ fingerprint })),
    );
  });

  test('of the outbox is what was sent long ago; what waits is never removed', async () => {
    await on.pool.query(
      `INSERT INTO outbox (key, kind, payload, done_at, created_at) VALUES
         ('sent long ago', 'post', '{}', now() - interval '31 days', now() - interval '31 days'),
         ('sent', 'post', '{}', now(), now()), ('waits', 'post', '{}', NULL, now() - interval '99 days')`,
    );
    expect(await run()).toMatchObject({ effects: 1 });
    expect((await on.pool.query('SELECT key FROM outbox ORDER BY key')).rows).toEqual([
      { key: 'sent' },
      { key: 'waits' },
    ]);
  });

  test('of the console is an old thread as a whole, unless somebody wrote there or its recovery is unfinished', async () => {
    const message = async (key: string, daysAgo: number, thread: string | null = null) => {
      const { rows } = await on.pool.query<{ id: string }>(
        `INSERT INTO console_messages (channel, thread, author, card, key, version, created_at)
         SELECT 'c', $2, 'Ann', '{}', $1, coalesce(max(version), 0) + 1, now() - $3::float8 * interval '1 day' FROM console_messages RETURNING id`,
        [key, thread, daysAgo],
      );
      return rows[0]?.id ?? '';
    };
    const old = await message('old', 400);
    await message('reply of old', 399, old);
    const alive = await message('alive', 400);
    await message('new reply', 2, alive);
    const card = await message('card of a recovery that waits', 400);
    const { rows } = await on.pool.query(`SELECT id FROM recoveries WHERE state = 'AWAITING_MANUAL'`);
    await on.pool.query(
      `INSERT INTO chat_views (subject, platform, channel, message) VALUES ($1, 'console', 'c', $2)`,
      [`recovery:${rows[0]?.id}`, card],
    );
    await run();
    expect((await on.pool.query('SELECT key FROM console_messages ORDER BY id')).rows.map(({ key }) => key)).toEqual([
      'alive',
      'new reply',
      'card of a recovery that waits',
    ]);
  });
});
