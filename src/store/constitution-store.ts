import type { ConstitutionPins, Pin } from '../engine/constitution/guard.js';
import { UserError } from '../engine/model/errors.js';
import type { Pool } from './pool.js';
import { rows, transaction } from './query.js';

export interface StoredPin extends Pin {
  by: string;
  at: Date;
}

export interface ConstitutionStore extends ConstitutionPins {
  list(): Promise<StoredPin[]>;
  /** Beside those that are accepted already. False: it was. */
  pin(pin: Pin, by: string): Promise<boolean>;
  /** The last one cannot be retired. @param prefix of a SHA-256 */
  retire(prefix: string, by: string): Promise<Pin>;
}

const ACCEPTED =
  'SELECT sha256, hash, pinned_by AS by, pinned_at AS at FROM constitution_pins WHERE retired_at IS NULL';

/** Only where there never was one: a table whose rows were all retired by hand accepts nothing. */
const FIRST = `WITH first AS (
    INSERT INTO constitution_pins (sha256, hash, pinned_by)
    SELECT $1, $2, 'first start' WHERE NOT EXISTS (SELECT FROM constitution_pins) RETURNING sha256, hash)
  INSERT INTO events (kind, actor, data)
  SELECT 'constitution.pinned', 'reviver', jsonb_build_object('sha256', sha256, 'hash', hash) FROM first`;

/** The pins of this installation; whatever changes them is in the event log, in the same transaction. */
export function createConstitutionStore(pool: Pool): ConstitutionStore {
  const list = () => rows<StoredPin>(pool, `${ACCEPTED} ORDER BY pinned_at`);
  return {
    list,

    async accepted({ sha256, hash }) {
      const found = await list();
      if (found.length > 0) return found;
      await transaction(pool, async (client) => {
        // Of nodes that start at the same time one is the first.
        await client.query('LOCK TABLE constitution_pins IN SHARE ROW EXCLUSIVE MODE');
        await client.query(FIRST, [sha256, hash]);
      });
      return list();
    },

    async pin({ sha256, hash }, by) {
      const made = await rows(
        pool,
        `WITH made AS (
           INSERT INTO constitution_pins AS p (sha256, hash, pinned_by) VALUES ($1, $2, $3)
           ON CONFLICT (sha256) DO UPDATE
             SET hash = excluded.hash, pinned_by = excluded.pinned_by, pinned_at = now(), retired_at = NULL, retired_by = NULL
             WHERE p.retired_at IS NOT NULL RETURNING sha256, hash)
         INSERT INTO events (kind, actor, data)
         SELECT 'constitution.pinned', $3, jsonb_build_object('sha256', sha256, 'hash', hash) FROM made RETURNING id`,
        [sha256, hash, by],
      );
      return made.length > 0;
    },

    retire: (prefix, by) =>
      transaction(pool, async (client) => {
        // Two leads at once must not retire the last two.
        await client.query('LOCK TABLE constitution_pins IN SHARE ROW EXCLUSIVE MODE');
        const accepted = (await client.query<StoredPin>(ACCEPTED)).rows;
        const fitting = accepted.filter(({ sha256 }) => sha256.startsWith(prefix));
        const [found] = fitting;
        if (!found || fitting.length > 1)
          throw new UserError('not_found', `"${prefix}" begins ${found ? 'several' : 'none'} of the pinned SHA-256.`);
        if (accepted.length === 1)
          throw new UserError('conflict', 'It is the only pinned constitution. Pin the new one first.');
        await client.query('UPDATE constitution_pins SET retired_at = now(), retired_by = $2 WHERE sha256 = $1', [
          found.sha256,
          by,
        ]);
        await client.query(`INSERT INTO events (kind, actor, data) VALUES ('constitution.retired', $1, $2)`, [
          by,
          JSON.stringify({ sha256: found.sha256, hash: found.hash }),
        ]);
        return found;
      }),
  };
}
