import type { RecoveryState } from '../../engine/model/recovery.js';
import type { Dispatcher, Log, RecoveryStore, WorkerIdentity, WorkerRegistry } from '../../engine/ports.js';
import type { Worker } from '../../engine/recovery/worker.js';
import type { RecoveryPolicyStore } from '../../engine/recovery-policies/recovery-policy.js';
import type { DatabaseClock } from '../database-clock.js';

/** Where an orchestrator keeps its recoveries, and how it is woken: in memory, or in Postgres and Redis. */
export interface Parts {
  store: RecoveryStore;
  registry: WorkerRegistry;
  policies: RecoveryPolicyStore;
  clock: DatabaseClock;
  dispatcher: Dispatcher;
  /** False for a process that is known to be gone. */
  isAlive(worker: WorkerIdentity): Promise<boolean>;
  /** Whom wake-ups and cancels are for; undefined: nobody, for now. */
  employ(worker: Worker | undefined): void;
  /** Called after each change of a recovery that this process hears of; gives the way to stop it. */
  onChanged(listener: (recovery: number, state?: RecoveryState) => void): () => void;
  close(): Promise<void>;
}

export interface PartsOptions {
  slots: number;
  leaseMs: number;
  pool: string;
  log: Log;
}
