import type { Pool } from 'pg';
import type { KeptAnswer, KeptAnswers } from '../engine/model/kept-answers.js';
import { rows } from './query.js';

/** A request that ended with its process may be made again after this. Longer than any request takes. */
const RUNNING_MS = 120_000;
const KEPT_MS = 86_400_000;

/** Answers under the keys of clients, in Postgres: each process gives the same one. */
export function createAnswerStore(pool: Pool): KeptAnswers {
  return {
    async begin(owner, key, request) {
      const [begun] = await rows(
        pool,
        `INSERT INTO kept_answers AS k (owner, key, request, expires_at) VALUES ($1, $2, $3, ${soon('$4')})
         ON CONFLICT (owner, key) DO UPDATE
           SET request = excluded.request, answer = NULL, expires_at = excluded.expires_at WHERE k.expires_at <= now()
         RETURNING owner`,
        [owner, key, request, RUNNING_MS],
      );
      if (begun) return { kind: 'begun' };
      const [found] = await rows<{ request: string; answer: KeptAnswer | null }>(
        pool,
        'SELECT request, answer FROM kept_answers WHERE owner = $1 AND key = $2',
        [owner, key],
      );
      // Dropped in this moment: whoever had it was refused, and may ask again.
      if (!found) return { kind: 'running', request };
      const { answer } = found;
      return answer ? { kind: 'done', request: found.request, answer } : { kind: 'running', request: found.request };
    },

    async keep(owner, key, answer) {
      await rows(
        pool,
        `UPDATE kept_answers SET answer = $3::jsonb, expires_at = ${soon('$4')} WHERE owner = $1 AND key = $2`,
        [owner, key, JSON.stringify(answer), KEPT_MS],
      );
    },

    /** Nothing came of it: it may be asked again under the same key. */
    async drop(owner, key) {
      await rows(pool, 'DELETE FROM kept_answers WHERE owner = $1 AND key = $2 AND answer IS NULL', [owner, key]);
    },
  };
}

function soon(ms: string): string {
  return `now() + ${ms}::float8 * interval '1 millisecond'`;
}
