import type { Pool, PoolClient } from 'pg';
import { explained } from './query.js';

export interface Leadership {
  /** True while this process holds the lock; takes it when it is free. */
  leads(): Promise<boolean>;
  close(): Promise<void>;
}

/** A leader asks this often whether its connection, and with it the lock, is still there. */
const TRUST_MS = 1_000;

/** One process of the cluster, by an advisory lock that dies with its connection. */
export function createLeadership(pool: Pool, name: string): Leadership {
  let held: { client: PoolClient; seenAt: number } | undefined;
  let asking: Promise<boolean> | undefined;

  const drop = (client: PoolClient, error: Error | boolean): void => {
    if (held?.client !== client) return;
    held = undefined;
    client.release(error);
  };

  const stillHeld = async ({ client, seenAt }: { client: PoolClient; seenAt: number }): Promise<boolean> => {
    if (performance.now() - seenAt < TRUST_MS) return true;
    try {
      await client.query('SELECT 1');
      held = { client, seenAt: performance.now() };
      return true;
    } catch (error) {
      drop(client, error instanceof Error ? error : true);
      throw explained(error);
    }
  };

  const ask = async (): Promise<boolean> => {
    if (held) return stillHeld(held);
    const client = await pool.connect().catch((error: unknown) => {
      throw explained(error);
    });
    // Without a listener a connection that ends would end this process; without the release it would fill the pool.
    const ended = (error: Error) => drop(client, error);
    client.on('error', ended);
    try {
      const { rows } = await client.query<{ won: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS won', [
        `reviver:${name}`,
      ]);
      if (!rows[0]?.won) {
        client.off('error', ended);
        client.release();
        return false;
      }
      held = { client, seenAt: performance.now() };
      return true;
    } catch (error) {
      client.off('error', ended);
      client.release(error instanceof Error ? error : true);
      throw explained(error);
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
      if (held) drop(held.client, true);
    },
  };
}
