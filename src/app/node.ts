import { createActions } from '../engine/actions/actions.js';
import { createBackupCatalog } from '../engine/backups/catalog.js';
import { createEngine, type EnginePorts } from '../engine/create-engine.js';
import type { Engine } from '../engine/engine.js';
import { STRATEGIES } from '../engine/planner/strategies.js';
import type { Worker } from '../engine/recovery/worker.js';
import { WORKER_DEFAULTS } from '../engine/recovery/worker.js';
import { createRuntimes } from '../engine/runtimes/runtimes.js';
import { createRedisLink } from '../jobs/redis-link.js';
import { createSignals } from '../jobs/signals.js';
import { createWakeQueue } from '../jobs/wake-queue.js';
import { poolOf } from '../store/data-source.js';
import { createIncidentStore } from '../store/incident-store.js';
import { createRecoveryStore } from '../store/recovery-store.js';
import { createWorkerRegistry } from '../store/worker-registry.js';
import { createClosing } from './closing.js';
import { createDatabaseClock } from './database-clock.js';
import { createUndoOf, lookingContext } from './hands.js';
import type { NodeOptions } from './node-options.js';
import { observeTargets } from './observe.js';
import { openStore } from './open-store.js';

export interface Node {
  engine: Engine;
  /** Of the API role: the port that was bound. */
  port: number | undefined;
  /** Hands its recoveries over, and closes everything that it opened. */
  close(): Promise<void>;
}

/** Wires one process of Reviver, top to bottom: the composition root. Only the parts that its roles need are loaded. */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { log, roles } = options;
  const closing = createClosing(log);
  const starting = new AbortController();
  try {
    const clock = createDatabaseClock();
    const leaseMs = options.worker?.leaseMs ?? WORKER_DEFAULTS.leaseMs;
    const { source, installation, close } = await openStore(options.databaseUrl, {
      applicationName: `reviver ${roles.join(',')}`,
      connections: 8,
      log,
      signal: starting.signal,
    });
    closing.add('store', close);
    const pool = poolOf(source);
    const store = createRecoveryStore(pool, { leaseMs });
    const registry = createWorkerRegistry(pool, { leaseMs, slots: options.maxConcurrentRecoveries });

    // Installations may share a Redis; the braces keep the keys of one together in a cluster.
    const link = createRedisLink(log);
    const redis = { url: options.redisUrl, prefix: `{reviver-${installation}}`, link, log };
    const signals = createSignals(redis);
    closing.add('signals', () => signals.close());
    let worker: Worker | undefined;
    const queue = createWakeQueue(redis, () => worker?.kick());
    closing.add('queues', () => queue.close());

    const backups = createBackupCatalog(options.backups, { dir: options.backupDir });
    const runtime = createRuntimes(options.services, { dataDir: options.dataDir });
    const actions = createActions(options.extraActions);
    const hands = {
      installation,
      actions,
      services: options.services,
      runtime,
      backups,
      dataDir: options.dataDir,
      now: clock.now,
      log,
    };
    const looking = (signal: AbortSignal) =>
      lookingContext({ ...hands, exec: () => () => Promise.reject(new Error('looking runs no programs')) }, signal);
    const ports: EnginePorts = {
      ...options,
      store,
      incidents: createIncidentStore(source),
      registry,
      dispatcher: { wake: queue.wake, changed: signals.changed, cancel: signals.cancel },
      strategies: new Map([
        ...STRATEGIES,
        ...(options.extraStrategies ?? []).map((strategy) => [strategy.name, strategy] as const),
      ]),
      actions,
      backups,
      observe: (services) => observeTargets(services, options.services, runtime),
      preview: async (name, input, signal) => {
        const action = actions.get(name);
        return action?.preview
          ? action.preview(JSON.parse(JSON.stringify(input)), looking(signal))
          : (action?.title(JSON.parse(JSON.stringify(input))) ?? name);
      },
      undoOf: createUndoOf(actions),
      parts: () => ({ redis: link.state() }),
      now: clock.now,
    };
    const engine = createEngine(ports);
    const parts = { engine: ports, registry, hands, clock, signals, wakes: redis, closing };

    if (roles.includes('worker')) worker = await (await import('./worker-role.js')).startWorkerRole(options, parts);
    if (roles.includes('scheduler'))
      (await import('./scheduler-role.js')).startSchedulerRole(options, { ...parts, pool });
    const people =
      roles.includes('bot') || roles.includes('api')
        ? await (await import('./people-role.js')).startPeopleRole(options, { ...parts, engine, ports, source })
        : undefined;
    return { engine, port: people?.port, close: () => closing.close() };
  } catch (error) {
    starting.abort();
    await closing.close();
    throw error;
  }
}
