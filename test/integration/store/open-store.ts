import { afterAll, beforeAll } from '@jest/globals';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { Plan } from '../../../src/engine/model/plan.js';
import { NO_RETRY } from '../../../src/engine/model/retry-policy.js';
import type { RecoveryDraft, RecoveryStore, WorkerIdentity, WorkerRegistry } from '../../../src/engine/ports.js';
import { createDataSource, poolOf } from '../../../src/store/data-source.js';
import { createRecoveryStore } from '../../../src/store/recovery-store.js';
import { createWorkerRegistry } from '../../../src/store/worker-registry.js';
import { aPlan } from '../../support/builders.js';
import { withDatabase } from '../../support/index.js';

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

export function aDraft(service: string, over: Partial<RecoveryDraft> = {}, plan: Partial<Plan> = {}): RecoveryDraft {
  return {
    service,
    state: 'SCHEDULED',
    plan: aPlan({ service, ...plan }),
    requestDigest: `request of ${service}`,
    incidentId: null,
    requestedBy: 'Ann',
    reason: '',
    origin: { platform: 'api' },
    priority: 5,
    claims: [service],
    retry: NO_RETRY,
    timeoutMs: 300_000,
    wakeInMs: 0,
    retryOf: null,
    approval: null,
    events: [{ kind: 'recovery.created', actor: 'Ann', data: { service } }],
    effects: [],
    ...over,
  };
}

export function aWorker(id: string, over: Partial<WorkerIdentity> = {}): WorkerIdentity {
  return { id, host: 'here', pid: 1, startedAt: 'then', pools: ['default'], version: '0', ...over };
}
