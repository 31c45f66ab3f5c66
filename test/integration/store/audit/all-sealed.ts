import type { Pool } from 'pg';
import { sealAll } from '../../../../src/store/audit/sealer.js';
import { eventually } from '../../../support/index.js';

/** Transactions of other databases of the server hold the sealer back, too: it goes on until nothing is left. */
export async function allSealed(pool: Pool): Promise<void> {
  await eventually(async () => {
    await sealAll(pool, new AbortController().signal);
    const { rows } = await pool.query(
      'SELECT NOT EXISTS (SELECT FROM events e WHERE NOT EXISTS (SELECT FROM audit.entries s WHERE s.event_id = e.id)) AS all_sealed',
    );
    return rows[0].all_sealed;
  });
}
