import type { Pool } from 'pg';
import { type KnowledgeStore, LINES, MOST_RECENT, type Outcome, type TermRow } from '../engine/knowledge/knowledge.js';
import type { Statement } from './hot-statements.js';
import { rows, run, transaction } from './query.js';

/** Stems of Postgres itself: Russian for Cyrillic words, English for all others; a word that says nothing has none. */
const STEM = `(ts_lexize((CASE WHEN $word ~ '[а-я]' THEN 'russian_stem' ELSE 'english_stem' END)::regdictionary, $word))[1]`;
const stemOf = (word: string) => STEM.replaceAll('$word', word);

/** So alike must a mistyped word be; from 0 to 1, as pg_trgm counts. */
const ALIKE = 0.5;
/** More words that nobody knows are names of somebody's things. */
const MOST_MISTYPED = 12;

/** Knowledge in Postgres: full text by its stemmers, mistyped words by pg_trgm where the database has it. */
export function createKnowledgeStore(pool: Pool): KnowledgeStore {
  let trigrams: Promise<boolean> | undefined;
  const hasTrigrams = () => {
    trigrams ??= rows<{ has: boolean }>(pool, `SELECT to_regproc('similarity') IS NOT NULL AS has`).then(
      ([row]) => row?.has === true,
      (error: unknown) => {
        trigrams = undefined;
        throw error;
      },
    );
    return trigrams;
  };

  return {
    async read(words) {
      return run(pool, (await hasTrigrams()) ? READ_ALIKE : READ, [words]);
    },

    terms: (lexemes) => run<TermRow>(pool, TERMS, [[...new Set([LINES, ...lexemes])]]),

    async latest(service, limit) {
      return (await run<OutcomeRow>(pool, LATEST, [service, limit])).map(toOutcome);
    },

    async outcomes(entries) {
      if (entries.length === 0) return [];
      return (await run<OutcomeRow>(pool, OUTCOMES, [entries])).map(toOutcome);
    },

    async size() {
      const [row] = await rows<{ size: number }>(pool, 'SELECT coalesce(max(id), 0)::int AS size FROM knowledge');
      return row?.size ?? 0;
    },

    async documents() {
      const found = await rows<{ source: string; checksum: string }>(
        pool,
        `SELECT source, coalesce(checksum, '') AS checksum FROM knowledge WHERE kind <> 'outcome' AND checksum IS NOT NULL`,
      );
      return new Map(found.map(({ source, checksum }) => [source, checksum]));
    },

    replaceDocuments: (documents, written, words) =>
      transaction(pool, async (client) => {
        await client.query('LOCK TABLE knowledge_terms IN SHARE ROW EXCLUSIVE MODE');
        await client.query(
          `DELETE FROM knowledge WHERE kind <> 'outcome' AND checksum IS NOT NULL AND NOT source = ANY($1)`,
          [documents.map(({ source }) => source)],
        );
        await client.query(
          `INSERT INTO knowledge (kind, source, checksum, service, plan, body, lexemes, at)
           SELECT kind, source, checksum, service, plan, text, '{}', now()
           FROM jsonb_to_recordset($1::jsonb) AS d(kind text, source text, checksum text, service text, plan text, text text)
           ON CONFLICT (source) DO UPDATE SET kind = excluded.kind, checksum = excluded.checksum, service = excluded.service,
             plan = excluded.plan, body = excluded.body, at = excluded.at
           WHERE knowledge.checksum IS DISTINCT FROM excluded.checksum`,
          [JSON.stringify(documents)],
        );
        await client.query('DELETE FROM knowledge_terms WHERE written > 0 AND entries = 0');
        await client.query('UPDATE knowledge_terms SET written = 0 WHERE written > 0');
        await client.query(
          `INSERT INTO knowledge_terms (lexeme, plan, written)
           SELECT * FROM unnest($1::text[], $2::text[], $3::real[])
           ON CONFLICT (lexeme, plan) DO UPDATE SET written = excluded.written`,
          [written.map(({ lexeme }) => lexeme), written.map(({ plan }) => plan), written.map((one) => one.written)],
        );
        await client.query('DELETE FROM knowledge_words WHERE NOT lexeme = ANY($1)', [words]);
        await client.query('INSERT INTO knowledge_words SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [words]);
      }),

    readOutcomes: (limit, lexemesOf) =>
      transaction(pool, async (client) => {
        const { rows: unread } = await client.query<{ id: number; service: string; body: string }>(
          `SELECT id, coalesce(service, '') AS service, body FROM knowledge WHERE lexemes IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
          [limit],
        );
        if (unread.length === 0) return 0;
        const lexemes = await lexemesOf(unread);
        await client.query(
          `UPDATE knowledge k SET lexemes = ARRAY(SELECT jsonb_array_elements_text(d.lexemes))
           FROM jsonb_to_recordset($1::jsonb) AS d(id int, lexemes jsonb) WHERE k.id = d.id`,
          [JSON.stringify(unread.map(({ id }, index) => ({ id, lexemes: lexemes[index] ?? [] })))],
        );
        await client.query(
          `INSERT INTO knowledge_terms AS t (lexeme, plan, entries, recent)
           SELECT lexeme, plan, count(*), (array_agg(id ORDER BY id DESC))[1:${MOST_RECENT}]
           FROM (SELECT id, plan, unnest(lexemes) AS lexeme FROM knowledge WHERE id = ANY($1) AND plan IS NOT NULL
             EXCEPT SELECT id, plan, unnest(counted) FROM knowledge WHERE id = ANY($1)) read
           GROUP BY lexeme, plan ORDER BY lexeme, plan
           ON CONFLICT (lexeme, plan) DO UPDATE SET entries = t.entries + excluded.entries,
             recent = (excluded.recent || t.recent)[1:${MOST_RECENT}]`,
          [unread.map(({ id }) => id)],
        );
        await client.query(NO_LONGER, [unread.map(({ id }) => id)]);
        await client.query('UPDATE knowledge SET counted = lexemes WHERE id = ANY($1)', [unread.map(({ id }) => id)]);
        return unread.length;
      }),
  };
}

/** Words of a note that was taken back. */
const NO_LONGER = `
  UPDATE knowledge_terms t SET entries = greatest(0, t.entries - gone.entries), recent = ARRAY(
    SELECT id FROM unnest(t.recent) WITH ORDINALITY AS kept(id, place) WHERE NOT id = ANY(gone.ids) ORDER BY place)
  FROM (SELECT lexeme, plan, count(*)::int AS entries, array_agg(id) AS ids
    FROM (SELECT id, plan, unnest(counted) AS lexeme FROM knowledge WHERE id = ANY($1) AND plan IS NOT NULL
      EXCEPT SELECT id, plan, unnest(lexemes) FROM knowledge WHERE id = ANY($1)) lost
    GROUP BY lexeme, plan ORDER BY lexeme, plan) gone
  WHERE t.lexeme = gone.lexeme AND t.plan = gone.plan`;

/** Words that no document has are looked for among those that are most like them; people mistype the first letter least. */
const MEANT = `
  SELECT a.word, coalesce(near.lexeme, a.word) AS meant
  FROM (SELECT word, (k.lexeme IS NULL AND word ~ '^[[:alpha:]]{5,}$') AS strange,
      sum((k.lexeme IS NULL AND word ~ '^[[:alpha:]]{5,}$')::int) OVER (ORDER BY word) AS place
    FROM asked LEFT JOIN knowledge_words k ON k.lexeme = asked.word) a
  LEFT JOIN LATERAL (
    SELECT w.lexeme FROM knowledge_words w
    WHERE a.strange AND a.place <= ${MOST_MISTYPED} AND left(w.lexeme, 1) = left(a.word, 1) AND w.lexeme % a.word AND similarity(w.lexeme, a.word) >= ${ALIKE}
      AND abs(length(w.lexeme) - length(a.word)) <= 2
    ORDER BY similarity(w.lexeme, a.word) DESC, w.lexeme LIMIT 1) near ON true`;

const read = (name: string, meant: string): Statement => ({
  name,
  text: `WITH asked AS (SELECT DISTINCT unnest($1::text[]) AS word), understood AS (${meant})
    SELECT word, meant, ${stemOf('meant')} AS stem FROM understood`,
});
const READ = read('knowledge_read', 'SELECT word, word AS meant FROM asked');
const READ_ALIKE = read('knowledge_read_alike', MEANT);

const TERMS: Statement = {
  name: 'knowledge_terms',
  text: 'SELECT lexeme, plan, written, entries, recent FROM knowledge_terms WHERE lexeme = ANY($1)',
};

const OUTCOME = `id, recovery_id, service, plan, succeeded, active_ms, at, lexemes,
  (SELECT ARRAY[count(*) FILTER (WHERE helped), count(*) FILTER (WHERE NOT helped)]::int[] FROM ratings r
   WHERE r.recovery_id = knowledge.recovery_id) AS votes`;

const LATEST: Statement = {
  name: 'knowledge_latest',
  text: `SELECT ${OUTCOME} FROM knowledge WHERE kind = 'outcome' AND service = $1 ORDER BY id DESC LIMIT $2`,
};

const OUTCOMES: Statement = {
  name: 'knowledge_outcomes',
  text: `SELECT ${OUTCOME} FROM knowledge WHERE id = ANY($1) AND kind = 'outcome' ORDER BY id DESC`,
};

interface OutcomeRow {
  id: number;
  recovery_id: number | null;
  service: string | null;
  plan: string | null;
  succeeded: boolean | null;
  active_ms: string | null;
  at: Date;
  lexemes: string[] | null;
  votes: [helped: number, not: number] | null;
}

function toOutcome(row: OutcomeRow): Outcome {
  return {
    entry: row.id,
    recovery: row.recovery_id ?? 0,
    service: row.service ?? '',
    plan: row.plan ?? '',
    succeeded: row.succeeded === true,
    activeMs: Number(row.active_ms ?? 0),
    endedAt: row.at,
    lexemes: row.lexemes,
    ratings: { helped: row.votes?.[0] ?? 0, not: row.votes?.[1] ?? 0 },
  };
}
