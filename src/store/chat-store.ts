import type { Pool } from 'pg';
import { explainedQueries, type Queries } from './query.js';

interface Place {
  platform: string;
  channel: string;
}

interface View extends Place {
  id: number;
  subject: string;
  message: string | null;
  generation: number;
  hash: string | null;
  wanted: number;
  threadCursor: number;
  threadPending: number | null;
  marks: string[];
  failures: number;
  lease: number;
}

interface Input {
  id: string;
  origin: { platform: string };
}

type Patch = Partial<Pick<View, 'message' | 'generation' | 'hash' | 'threadCursor' | 'threadPending' | 'marks'>>;

/** bigint comes as text from the driver; float8 holds every number that occurs here exactly. */
const VIEW = `id::float8, subject, platform, channel, message, generation, hash, wanted::float8 AS wanted,
  thread_cursor::float8 AS "threadCursor", thread_pending::float8 AS "threadPending", marks, failures, lease::float8 AS lease`;

const COLUMNS = {
  message: 'message',
  generation: 'generation',
  hash: 'hash',
  threadCursor: 'thread_cursor',
  threadPending: 'thread_pending',
  marks: 'marks',
} as const satisfies Record<keyof Patch, string>;

const CHANGES_AT_ONCE = 1_000;

const MS = `* interval '1 millisecond'`;

/** What chat keeps, in Postgres. Its shape is the bot's `ChatStore`. */
export function createChatStore(pool: Pool) {
  const db = explainedQueries(pool);
  return { ...inputs(db), ...views(db), ...posts(db), ...cursor(db) };
}

function inputs(db: Queries) {
  return {
    async takeInput(input: Input, leaseMs: number): Promise<boolean> {
      const { rowCount } = await db.query(
        `INSERT INTO chat_inputs (platform, id, payload, lease_until) VALUES ($1, $2, $3, now() + $4::float8 ${MS})
         ON CONFLICT DO NOTHING`,
        [input.origin.platform, input.id, JSON.stringify(input), leaseMs],
      );
      return rowCount === 1;
    },
    async inputHandled({ id, origin }: Input): Promise<void> {
      await db.query(
        `INSERT INTO chat_inputs (platform, id, payload, lease_until) VALUES ($1, $2, NULL, now())
         ON CONFLICT (platform, id) DO UPDATE SET payload = NULL`,
        [origin.platform, id],
      );
    },
    async keepInputs(held: readonly { input: Input; ageMs: number }[], leaseMs: number): Promise<void> {
      await db.query(
        `INSERT INTO chat_inputs (platform, id, payload, seen_at, lease_until)
         SELECT platform, id, payload::jsonb, now() - age ${MS}, now() + $5::float8 ${MS}
         FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[]) AS held (platform, id, payload, age)
         ON CONFLICT (platform, id) DO UPDATE SET lease_until = excluded.lease_until WHERE chat_inputs.payload IS NOT NULL`,
        [
          held.map(({ input }) => input.origin.platform),
          held.map(({ input }) => input.id),
          held.map(({ input }) => JSON.stringify(input)),
          held.map(({ ageMs }) => ageMs),
          leaseMs,
        ],
      );
    },
    async claimInputs<I extends Input>(platforms: readonly string[], leaseMs: number, limit: number) {
      const { rows } = await db.query<{ input: I; ageMs: number }>(
        `UPDATE chat_inputs i SET lease_until = now() + $2::float8 ${MS}
         FROM (SELECT platform, id FROM chat_inputs
               WHERE platform = ANY ($1) AND payload IS NOT NULL AND lease_until <= now()
               ORDER BY seen_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
         WHERE i.platform = due.platform AND i.id = due.id
         RETURNING payload AS input, extract(epoch FROM now() - seen_at)::float8 * 1000 AS "ageMs"`,
        [platforms, leaseMs, limit],
      );
      return rows;
    },
    async forget(olderThanMs: number): Promise<void> {
      await db.query(`DELETE FROM chat_inputs WHERE seen_at < now() - $1::float8 ${MS}`, [olderThanMs]);
      await db.query(`DELETE FROM chat_posts WHERE created_at < now() - $1::float8 ${MS}`, [olderThanMs]);
      await db.query(
        `DELETE FROM chat_memory
         WHERE at < now() - interval '90 days' AND key LIKE '%:%' AND key NOT LIKE 'moved:%' AND key NOT LIKE 'was:%'`,
      );
    },
  };
}

function views(db: Queries) {
  return {
    async show(subject: string, places: readonly Place[]): Promise<void> {
      await db.query(
        `INSERT INTO chat_views (subject, platform, channel) SELECT $1, p, c FROM unnest($2::text[], $3::text[]) AS place (p, c)
         ON CONFLICT DO NOTHING`,
        [subject, places.map((place) => place.platform), places.map((place) => place.channel)],
      );
    },
    async touch(subjects: readonly string[]): Promise<string[]> {
      const { rows } = await db.query<{ subject: string }>(
        `UPDATE chat_views SET wanted = wanted + 1, due_at = least(due_at, now()) WHERE subject = ANY ($1) RETURNING subject`,
        [subjects],
      );
      return [...new Set(rows.map((row) => row.subject))];
    },
    async touchOpen(platform: string): Promise<void> {
      await db.query(
        'UPDATE chat_views SET wanted = wanted + 1, due_at = least(due_at, now()) WHERE platform = $1 AND due_at IS NOT NULL',
        [platform],
      );
    },
    async viewsOf(subject: string): Promise<View[]> {
      return (await db.query<View>(`SELECT ${VIEW} FROM chat_views WHERE subject = $1 ORDER BY id`, [subject])).rows;
    },
    async claimViews(platform: string, leaseMs: number, limit: number): Promise<View[]> {
      const { rows } = await db.query<View>(
        `UPDATE chat_views SET lease = lease + 1, lease_until = now() + $2::float8 ${MS}
         WHERE id IN (
           SELECT id FROM chat_views
           WHERE platform = $1 AND due_at <= now() AND not_before <= now() AND lease_until <= now()
           ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING ${VIEW}`,
        [platform, leaseMs, limit],
      );
      return rows;
    },
    async updateView(view: View, patch: Patch): Promise<boolean> {
      const keys = (Object.keys(COLUMNS) as (keyof Patch)[]).filter((key) => patch[key] !== undefined);
      if (keys.length === 0) return true;
      const sets = keys.map((key, index) => `${COLUMNS[key]} = $${index + 3}`);
      const { rowCount } = await db.query(`UPDATE chat_views SET ${sets.join(', ')} WHERE id = $1 AND lease = $2`, [
        view.id,
        view.lease,
        ...keys.map((key) => patch[key]),
      ]);
      return rowCount === 1;
    },
    async releaseView(
      view: View,
      options: { nextMs: number | null; quietMs: number; failures: number },
    ): Promise<void> {
      await db.query(
        `UPDATE chat_views SET lease_until = '-infinity', failures = $4, not_before = greatest(not_before, now() + $5::float8 ${MS}),
           due_at = CASE WHEN wanted = $3 THEN now() + $6::float8 ${MS} ELSE now() END
         WHERE id = $1 AND lease = $2`,
        [view.id, view.lease, view.wanted, options.failures, options.quietMs, options.nextMs],
      );
    },
  };
}

function posts(db: Queries) {
  return {
    async knows({
      platform,
      channel,
      message,
    }: {
      platform: string;
      channel: string;
      message: string;
    }): Promise<boolean> {
      const { rows } = await db.query<{ known: boolean }>(
        `SELECT EXISTS (SELECT FROM chat_views WHERE platform = $1 AND channel = $2 AND message = $3) AS known`,
        [platform, channel, message],
      );
      return rows[0]?.known ?? false;
    },
    async recall(platform: string, key: string): Promise<string | undefined> {
      const { rows } = await db.query<{ value: string }>(
        'SELECT value FROM chat_memory WHERE platform = $1 AND key = $2',
        [platform, key],
      );
      return rows[0]?.value;
    },
    async remember(platform: string, key: string, value: string): Promise<void> {
      await db.query(
        `INSERT INTO chat_memory (platform, key, value) VALUES ($1, $2, $3)
         ON CONFLICT (platform, key) DO UPDATE SET value = excluded.value, at = now()`,
        [platform, key, value],
      );
    },
    async posted(platform: string, key: string): Promise<string | undefined> {
      const { rows } = await db.query<{ message: string }>(
        'SELECT message FROM chat_posts WHERE platform = $1 AND key = $2',
        [platform, key],
      );
      return rows[0]?.message;
    },
    async recordPost(platform: string, key: string, message: string): Promise<void> {
      await db.query('INSERT INTO chat_posts (platform, key, message) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        platform,
        key,
        message,
      ]);
    },
  };
}

function cursor(db: Queries) {
  return {
    async cursor(): Promise<string | undefined> {
      return (await db.query<{ value: string }>('SELECT value FROM chat_cursor')).rows[0]?.value;
    },
    async saveCursor(value: string): Promise<void> {
      await db.query(
        'INSERT INTO chat_cursor (value) VALUES ($1) ON CONFLICT (one) DO UPDATE SET value = excluded.value',
        [value],
      );
    },
    async cursorNow(): Promise<string> {
      const { rows } = await db.query<{ cursor: string }>(`SELECT log_settled()::text || ':0' AS cursor`);
      return rows[0]?.cursor ?? '0:0';
    },
    /** Ids are given before the commit, so order by them alone would pass over late ones: xid is compared first. */
    async changedSince(from: string): Promise<{ recoveries: number[]; cursor: string; more: boolean }> {
      const [xid = '0', id = '0'] = from.split(':');
      const { rows } = await db.query<{ recovery: number | null; cursor: string }>(
        `SELECT recovery_id AS recovery, xid::text || ':' || id AS cursor FROM events
         WHERE (xid, id) > ($1::xid8, $2::bigint) AND xid < log_settled()
         ORDER BY xid, id LIMIT $3`,
        [xid, id, CHANGES_AT_ONCE],
      );
      const recoveries = rows.flatMap((row) => (row.recovery === null ? [] : [row.recovery]));
      return {
        recoveries: [...new Set(recoveries)],
        cursor: rows[rows.length - 1]?.cursor ?? from,
        more: rows.length === CHANGES_AT_ONCE,
      };
    },
  };
}
