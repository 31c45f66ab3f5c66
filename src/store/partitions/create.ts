import type { Pool, PoolClient } from 'pg';
import { type Partition, partitionName, type Range } from './months.js';
import { type Patience, patiently } from './patiently.js';
import { partitionsOf, timestamp } from './table.js';

/**
 * Makes an empty partition. ATTACH takes no lock that an insert waits for (CREATE ... PARTITION OF would): only readers,
 * who look into the default partition too, may wait a moment.
 */
export function createPartition(pool: Pool, parent: string, range: Range, patience: Patience): Promise<string> {
  return patiently(
    pool,
    `The partition of ${parent} from ${timestamp(range.fromMs)} could not be made`,
    patience,
    async (client) => {
      const name = await freeName(client, parent, range);
      await makeTable(client, parent, name, range);
      await attach(client, parent, { name, ...range });
      return name;
    },
  );
}

export async function freeName(client: PoolClient, parent: string, range: Range): Promise<string> {
  const taken = new Set((await partitionsOf(client, parent)).map(({ name }) => name));
  return partitionName(parent, range, taken);
}

/** A table like the parent, for itself. With `range`, a check says what is in it, so that to attach it nobody reads it. */
export async function makeTable(client: PoolClient, parent: string, name: string, range?: Range): Promise<void> {
  await client.query(`CREATE TABLE ${name} (LIKE ${parent} INCLUDING ALL EXCLUDING IDENTITY)`);
  if (range)
    await client.query(
      `ALTER TABLE ${name} ADD CONSTRAINT ${BOUNDS} CHECK (at >= ${timestamp(range.fromMs)} AND at < ${timestamp(range.toMs)})`,
    );
}

export async function attach(client: PoolClient, parent: string, { name, fromMs, toMs }: Partition): Promise<void> {
  await client.query(
    `ALTER TABLE ${parent} ATTACH PARTITION ${name} FOR VALUES FROM (${timestamp(fromMs)}) TO (${timestamp(toMs)})`,
  );
  await client.query(`ALTER TABLE ${name} DROP CONSTRAINT ${BOUNDS}`);
}

const BOUNDS = 'bounds';
