import { afterAll, beforeAll } from '@jest/globals';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { RecoveryStore, WorkerRegistry } from '../../../src/engine/ports.js';
import { createDataSource, poolOf } from '../../../src/store/data-source.js';
import { createRecoveryStore } from '../../../src/store/recovery-store.js';
import { createWorkerRegistry } from '../../../src/store/worker-registry.js';
import type { StoreGround } from '../../support/contracts/recovery-store.js';
import { withDatabase } from '../../support/index.js';

export { aDraft, aWorker } from '../../support/drafts.js';

export interface OpenStore {
  source: DataSource;
  pool: Pool;
  store: RecoveryStore;
  registry: WorkerRegistry;
}

export const LEASE_MS = 8_000;

/** The real store on a database of its own, with two slots. */
export function withStore(): OpenStore {
  const database = withDatabase();
  const opened: Partial<OpenStore> = {};
  beforeAll(async () => {
    const source = createDataSource(database.url);
    await source.initialize();
    const pool = poolOf(source);
    pool.on('error', () => {});
    Object.assign(opened, {
      source,
      pool,
      store: createRecoveryStore(pool, { leaseMs: LEASE_MS }),
      registry: createWorkerRegistry(pool, { leaseMs: LEASE_MS, slots: 2 }),
    });
  });
  afterAll(async () => {
    await opened.source?.destroy();
  });
  const part = <Key extends keyof OpenStore>(key: Key): OpenStore[Key] => {
    const found = opened[key];
    if (!found) throw new Error('the store is open only inside tests and hooks');
    return found as OpenStore[Key];
  };
  return {
    get source() {
      return part('source');
    },
    get pool() {
      return part('pool');
    },
    get store() {
      return part('store');
    },
    get registry() {
      return part('registry');
    },
  };
}

/** The store in Postgres, for what every store does. */
export function groundOf(on: OpenStore): StoreGround {
  return {
    get store() {
      return on.store;
    },
    get registry() {
      return on.registry;
    },
    async slotsTaken() {
      const { rows } = await on.pool.query('SELECT count(*)::int AS n FROM slots WHERE recovery_id IS NOT NULL');
      return rows[0].n;
    },
    async claims() {
      const { rows } = await on.pool.query('SELECT service FROM claims');
      return rows.map(({ service }) => service);
    },
    async sent(prefix) {
      return (await on.pool.query('SELECT FROM outbox WHERE starts_with(key, $1)', [prefix])).rowCount ?? 0;
    },
  };
}
