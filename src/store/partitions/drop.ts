import type { Pool } from 'pg';
import { ACTIVE_STATES } from '../../engine/model/recovery.js';
import { rows } from '../query.js';
import { type Patience, patiently } from './patiently.js';
import { defaultOf, type PartitionedTable } from './table.js';

/**
 * Removes a partition and all of its rows, unless an unfinished recovery has some there: then it gives its id, and
 * nothing is done.
 *
 * DETACH CONCURRENTLY is refused by Postgres where there is a default partition, so inserts do wait while the catalog is
 * changed, some milliseconds. The parent is locked last: what holds the old rows or the default is waited for before
 * any insert waits for us.
 */
export function dropPartition(
  pool: Pool,
  { name: parent, recoveryColumn }: PartitionedTable,
  partition: string,
  patience: Patience,
): Promise<number | undefined> {
  return patiently(pool, `The partition ${partition} could not be dropped`, patience, async (client) => {
    await client.query(`LOCK TABLE ${partition}, ${defaultOf(parent)} IN ACCESS EXCLUSIVE MODE`);
    const [unfinished] = await rows<{ id: number }>(
      client,
      `SELECT r.id FROM recoveries r
       WHERE r.state = ANY ($1) AND EXISTS (SELECT FROM ${partition} p WHERE p.${recoveryColumn} = r.id) LIMIT 1`,
      [ACTIVE_STATES],
    );
    if (unfinished) return unfinished.id;
    await client.query(`LOCK TABLE ONLY ${parent} IN ACCESS EXCLUSIVE MODE`);
    await client.query(`DROP TABLE ${partition}`);
    return undefined;
  });
}
