import type { Pool, PoolClient } from 'pg';

export interface Leadership {
  /** True while this process holds the lock; takes it when it is free. */
  leads(): Promise<boolean>;
  close(): Promise<void>;
}

/** One process of the cluster, by an advisory lock that dies with its connection. */
export function createLeadership(pool: Pool, name: string): Leadership {
  let held: PoolClient | undefined;
  let asking: Promise<boolean> | undefined;

  const ask = async (): Promise<boolean> => {
    if (held) return true;
    const client = await pool.connect();
    try {
      const { rows } = await client.query<{ won: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS won', [
        `reviver:${name}`,
      ]);
      if (!rows[0]?.won) {
        client.release();
        return false;
      }
      client.once('error', () => {
        held = undefined;
      });
      client.once('end', () => {
        held = undefined;
      });
      held = client;
      return true;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };

  return {
    leads() {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    async close() {
      held?.release(true);
      held = undefined;
    },
  };
}
