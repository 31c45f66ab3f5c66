import type { Pool } from 'pg';
import { type Feedback, type FeedbackStore, MOST_NOTES, type Note, type Rating } from '../engine/feedback/feedback.js';
import { rows } from './query.js';

type RatingRow = Rating & { recovery_id: number };
type NoteRow = Note & { recovery_id: number };

/** Votes and notes of people in Postgres, each written with its event. */
export function createFeedbackStore(pool: Pool): FeedbackStore {
  return {
    async of(...ids) {
      if (ids.length === 0) return new Map();
      const [ratings, notes] = await Promise.all([
        rows<RatingRow>(pool, 'SELECT * FROM ratings WHERE recovery_id = ANY($1::int[]) ORDER BY at, person', [ids]),
        rows<NoteRow>(
          pool,
          'SELECT * FROM notes WHERE recovery_id = ANY($1::int[]) AND text IS NOT NULL ORDER BY recovery_id, number',
          [ids],
        ),
      ]);
      return byRecovery(ratings, notes);
    },

    async rate(id, { person, helped, via }) {
      const [row] = await rows<{ helped: boolean | null; at: Date | null }>(
        pool,
        `WITH was AS (SELECT helped, at FROM ratings WHERE recovery_id = $1 AND person = $2),
         put AS (
           INSERT INTO ratings (recovery_id, person, helped, via) VALUES ($1, $2, $3, $4)
           ON CONFLICT (recovery_id, person) DO UPDATE SET helped = excluded.helped, via = excluded.via, at = now()
             WHERE ratings.helped <> excluded.helped
           RETURNING recovery_id),
         told AS (
           INSERT INTO events (recovery_id, kind, actor, data, constitution)
           SELECT r.id, 'recovery.rated', $2,
             jsonb_build_object('service', r.service, 'helped', $3::boolean, 'was', (SELECT helped FROM was), 'via', $4::text),
             r.constitution
           FROM put JOIN recoveries r ON r.id = put.recovery_id)
         SELECT was.helped, was.at FROM (SELECT) one LEFT JOIN was ON true`,
        [id, person, helped, via],
      );
      return row?.at && row.helped !== null ? { helped: row.helped, at: row.at } : undefined;
    },

    async addNote(id, { author, text, via }) {
      for (;;) {
        const [same] = await rows<Note>(
          pool,
          'SELECT number, author, text, via, at FROM notes WHERE recovery_id = $1 AND author = $2 AND text = $3',
          [id, author, text],
        );
        if (same) return same;
        const [{ count = 0, last = 0 } = {}] = await rows<{ count: number; last: number }>(
          pool,
          'SELECT count(text)::int AS count, coalesce(max(number), 0) AS last FROM notes WHERE recovery_id = $1',
          [id],
        );
        if (count >= MOST_NOTES) return 'full';
        const made = await insertNote(pool, id, { number: last + 1, author, text, via });
        // Somebody else wrote one in this moment, and has its number.
        if (made) return made;
      }
    },

    async removeNote(id, number, by) {
      const removed = await rows(
        pool,
        `WITH gone AS (
           UPDATE notes SET text = NULL, removed_by = $3, removed_at = now()
           WHERE recovery_id = $1 AND number = $2 AND text IS NOT NULL RETURNING recovery_id)
         INSERT INTO events (recovery_id, kind, actor, data, constitution)
         SELECT r.id, 'recovery.note_removed', $3, jsonb_build_object('service', r.service, 'note', $2::int), r.constitution
         FROM gone JOIN recoveries r ON r.id = gone.recovery_id RETURNING id`,
        [id, number, by],
      );
      return removed.length > 0;
    },
  };
}

/** The event has no words: those can be taken back, an event cannot. */
async function insertNote(
  pool: Pool,
  id: number,
  { number, author, text, via }: Omit<Note, 'at'>,
): Promise<Note | undefined> {
  const [made] = await rows<Note>(
    pool,
    `WITH made AS (
       INSERT INTO notes (recovery_id, number, author, text, via) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING *),
     told AS (
       INSERT INTO events (recovery_id, kind, actor, data, constitution)
       SELECT r.id, 'recovery.noted', $3, jsonb_build_object('service', r.service, 'note', $2::int, 'via', $5::text),
         r.constitution
       FROM made JOIN recoveries r ON r.id = made.recovery_id)
     SELECT number, author, text, via, at FROM made`,
    [id, number, author, text, via],
  );
  return made;
}

function byRecovery(ratings: readonly RatingRow[], notes: readonly NoteRow[]): Map<number, Feedback> {
  const ids = new Set([...ratings, ...notes].map((row) => row.recovery_id));
  return new Map(
    [...ids].map((id) => [
      id,
      {
        ratings: ratings
          .filter((row) => row.recovery_id === id)
          .map(({ person, helped, via, at }) => ({ person, helped, via, at })),
        notes: notes
          .filter((row) => row.recovery_id === id)
          .map(({ number, author, text, via, at }) => ({ number, author, text, via, at })),
      },
    ]),
  );
}
