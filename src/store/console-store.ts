import type { Pool } from 'pg';
import { explainedQueries } from './query.js';

interface Message<Card> {
  id: string;
  channel: string;
  thread: string | null;
  author: string;
  card: Card;
  version: number;
  createdAt: Date;
  editedAt: Date | null;
}

type Draft<Card> = Pick<Message<Card>, 'channel' | 'thread' | 'author' | 'card'> & { key: string };

const MESSAGE = `m.id::text AS id, m.channel, m.thread::text AS thread, m.author, m.card, m.version::float8 AS version,
  m.created_at AS "createdAt", m.edited_at AS "editedAt"`;

/** Holds the clock's row until the commit, so that versions become visible in their order. */
const TICK = 'tick AS (UPDATE console_clock SET version = version + 1 RETURNING version)';

const FOREIGN_KEY_VIOLATION = '23503';

/** Messages of the console platform, in Postgres. Cards are kept as they are. */
export function createConsoleStore<Card extends object>(pool: Pool) {
  const db = explainedQueries(pool);
  const select = async (text: string, values: unknown[]) => (await db.query<Message<Card>>(text, values)).rows;
  const byKey = async (key: string) =>
    (await select(`SELECT ${MESSAGE} FROM console_messages m WHERE key = $1`, [key]))[0];
  return {
    async insert(draft: Draft<Card>): Promise<Message<Card> | undefined> {
      const known = await byKey(draft.key);
      if (known) return known;
      if (draft.thread !== null && !isId(draft.thread)) return undefined;
      const [made] = await select(
        `WITH ${TICK}
         INSERT INTO console_messages AS m (channel, thread, author, card, key, version)
         SELECT $1, $2::bigint, $3, $4::jsonb, $5, tick.version FROM tick
         ON CONFLICT (key) DO NOTHING RETURNING ${MESSAGE}`,
        [draft.channel, draft.thread, draft.author, JSON.stringify(draft.card), draft.key],
      ).catch(noneWithoutThread);
      return made ?? (await byKey(draft.key));
    },
    async edit(id: string, card: Card): Promise<Message<Card> | undefined> {
      if (!isId(id)) return undefined;
      const [edited] = await select(
        `WITH ${TICK}
         UPDATE console_messages m SET card = $2::jsonb, edited_at = now(), version = tick.version FROM tick
         WHERE m.id = $1::bigint RETURNING ${MESSAGE}`,
        [id, JSON.stringify(card)],
      );
      return edited;
    },
    async get(id: string): Promise<Message<Card> | undefined> {
      if (!isId(id)) return undefined;
      return (await select(`SELECT ${MESSAGE} FROM console_messages m WHERE id = $1::bigint`, [id]))[0];
    },
    async list(channel: string, thread: string | null, limit: number): Promise<Message<Card>[]> {
      if (thread !== null && !isId(thread)) return [];
      const newest = await select(
        `SELECT ${MESSAGE} FROM console_messages m WHERE channel = $1 AND thread IS NOT DISTINCT FROM $2::bigint ORDER BY m.id DESC LIMIT $3`,
        [channel, thread, limit],
      );
      return newest.reverse();
    },
    since: (version: number, limit: number): Promise<Message<Card>[]> =>
      select(`SELECT ${MESSAGE} FROM console_messages m WHERE version > $1 ORDER BY version LIMIT $2`, [
        version,
        limit,
      ]),
    async version(): Promise<number> {
      const { rows } = await db.query<{ version: number }>('SELECT version::float8 AS version FROM console_clock');
      return rows[0]?.version ?? 0;
    },
  };
}

/** Ids come from outside: what is no bigint names no message. */
function isId(id: string): boolean {
  return /^\d{1,18}$/.test(id);
}

function noneWithoutThread(error: { code?: unknown }): [] {
  if (error.code === FOREIGN_KEY_VIOLATION) return [];
  throw error;
}
