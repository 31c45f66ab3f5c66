import type { Pool } from 'pg';
import { explained } from '../query.js';

/**
 * Runs `work` while no other process of the cluster runs what has this name; undefined where another does. The lock dies
 * with its connection: `work` must then be safe beside another.
 */
export async function alone<Result>(
  pool: Pool,
  name: string,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const client = await pool.connect().catch((error: unknown) => {
    throw explained(error);
  });
  let lost: Error | undefined;
  const hear = (error: Error): void => {
    lost = error;
  };
  client.on('error', hear);
  const ask = async (call: string) => {
    const { rows } = await client.query<{ yes: boolean }>(`SELECT ${call}(hashtext($1)) AS yes`, [`reviver:${name}`]);
    return rows[0]?.yes ?? false;
  };
  try {
    if (!(await ask('pg_try_advisory_lock'))) return undefined;
    try {
      return await work();
    } finally {
      await ask('pg_advisory_unlock').catch((error: Error) => hear(error));
    }
  } finally {
    client.off('error', hear);
    client.release(lost);
  }
}
