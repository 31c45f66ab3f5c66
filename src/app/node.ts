import { createDigestNow } from '../config/constitution-digest.js';
import { createActions } from '../engine/actions/actions.js';
import { createBreakers } from '../engine/breakers/breakers.js';
import { createForgeries } from '../engine/constitution/forgeries.js';
import { createConstitutionGuard, type GuardOptions } from '../engine/constitution/guard.js';
import type { Engine } from '../engine/engine.js';
import { RecoveryConstitutionalError } from '../engine/model/errors.js';
import { createUndoOf } from '../engine/recovery/undo-of.js';
import type { Worker } from '../engine/recovery/worker.js';
import { WORKER_DEFAULTS } from '../engine/recovery/worker.js';
import { createDockerEngine } from '../engine/runtimes/docker/engine.js';
import { createClusters } from '../engine/runtimes/kubernetes/cluster.js';
import { createRuntimes } from '../engine/runtimes/runtimes.js';
import { createSecrets } from '../engine/secrets/secrets.js';
import { createRedisLink } from '../jobs/redis-link.js';
import { sharedRedis } from '../jobs/shared-redis.js';
import { createSignals } from '../jobs/signals.js';
import { createWakeQueue } from '../jobs/wake-queue.js';
import { createBreakerStore } from '../store/breaker-store.js';
import { createConstitutionStore } from '../store/constitution-store.js';
import { createHousekeepingStore } from '../store/housekeeping-store.js';
import { createMonitored } from '../store/monitored.js';
import { createRecoveryStore } from '../store/recovery-store.js';
import { recordTemplates } from '../store/templates.js';
import { createWorkerRegistry } from '../store/worker-registry.js';
import { openBackups } from './backups.js';
import { createClosing } from './closing.js';
import { createDatabaseClock } from './database-clock.js';
import { knownServices } from './known-services.js';
import type { NodeOptions } from './node-options.js';
import { observeTargets } from './observe.js';
import { openEntities, openStore } from './open-store.js';
import { recordConfiguration } from './record-configuration.js';
import { openSnapshots } from './snapshots.js';
import { openTracing } from './tracing/open-tracing.js';

export interface Node {
  /** Absent where only workers run: they execute what others have planned. */
  engine: Engine | undefined;
  /** Of the API role: the port that was bound. */
  port: number | undefined;
  /** Hands its recoveries over, and closes everything that it opened. */
  close(): Promise<void>;
}

/** A process that may not start waits no longer for its database, in which it would tell so. */
const REFUSE_WITHIN_MS = 10_000;

/** The engine alone, for one command: it watches nothing, runs nothing and serves nobody. Rejects when `starting` aborts. */
export async function openEngine(
  options: NodeOptions,
  starting: AbortSignal,
): Promise<{ engine: Engine } & Pick<Node, 'close'>> {
  const { engine, close } = await startNode({ ...options, roles: [] }, starting);
  if (!engine) throw new Error('a node without roles has an engine');
  return { engine, close };
}

/** Wires one process of Reviver, top to bottom: the composition root. Only the parts that its roles need are loaded. */
export async function startNode(given: NodeOptions, starting?: AbortSignal): Promise<Node> {
  const { roles, version } = given;
  const { tracing, log, close } = await openTracing(given.tracing && { ...given.tracing, version, roles }, given.log);
  const options = { ...given, log };
  const closing = createClosing(log);
  closing.add('tracing', close);
  const failed = new AbortController();
  try {
    const clock = createDatabaseClock();
    const leaseMs = options.worker?.leaseMs ?? WORKER_DEFAULTS.leaseMs;
    const applicationName = `reviver ${roles.join(',')}`;
    const { mismatch } = options.constitution;
    const impatient = mismatch === undefined ? [] : [AbortSignal.timeout(REFUSE_WITHIN_MS)];
    const opened = await openStore(options.databaseUrl, {
      applicationName,
      connections: 8,
      log,
      signal: AbortSignal.any([...(starting ? [starting] : []), failed.signal, ...impatient]),
    }).catch((error: unknown) => {
      if (mismatch === undefined || starting?.aborted) throw error;
      throw new RecoveryConstitutionalError(
        `Reviver does not start: ${mismatch}. Its database does not answer either: nothing is recorded, nobody is called.`,
      );
    });
    closing.add('store', opened.close);
    const { pool, installation } = opened;
    const store = createRecoveryStore(pool, { leaseMs, slots: options.maxConcurrentRecoveries });
    const registry = createWorkerRegistry(pool, { leaseMs, slots: options.maxConcurrentRecoveries });

    const record: GuardOptions['record'] = (events, effects) => store.record(null, events, effects);
    const guard = createConstitutionGuard({
      constitution: options.constitution,
      pins: createConstitutionStore(pool),
      digestNow: createDigestNow(),
      record,
      log,
      nowMs: () => performance.now(),
      now: clock.now,
    });

    const link = createRedisLink(log);
    const forgeries = createForgeries({ record, now: clock.now, log });
    closing.add('what was forged', forgeries.close);
    const wakes = sharedRedis(opened, { url: options.redisUrl, link, forged: forgeries.found, log });
    const signals = createSignals(wakes);
    closing.add('signals', () => signals.close());
    let worker: Worker | undefined;
    const queue = createWakeQueue(wakes, () => worker?.kick());
    closing.add('queues', () => queue.close());
    closing.add('link', link.leave);

    const { dataDir, secrets = createSecrets([]) } = options;
    const docker = createDockerEngine(options.dockerHost);
    const clusters = createClusters(options.kubeconfig);
    const { directory, learn } = await knownServices(options, { docker, clusters, pool, closing });
    const services = directory.all;
    const breakers = createBreakers({
      services,
      store: createBreakerStore(pool),
      clock,
      changed: signals.breaker,
      log,
    });
    closing.add('circuit breakers', breakers.close);
    const runtime = createRuntimes(services, {
      dataDir,
      docker,
      clusters,
      secrets,
      ...(options.dockerHost === undefined ? {} : { dockerHost: options.dockerHost }),
    });
    const actions = createActions(options.extraActions);
    const { backups, backupParts } = openBackups(options, services);
    const { snapshots, hourly } = openSnapshots(options);
    const hands = {
      installation,
      actions,
      services,
      runtime,
      monitored: createMonitored(pool),
      care: createHousekeepingStore(pool),
      docker,
      clusters,
      backups,
      snapshots,
      breakers,
      secrets,
      dataDir,
      now: clock.now,
      log,
    };
    const core = {
      store,
      registry,
      services,
      dispatcher: { wake: queue.wake, changed: signals.changed, cancel: signals.cancel },
      observe: (names: string[]) => observeTargets(names, services(), runtime),
      undoOf: createUndoOf(actions),
      guard,
      now: clock.now,
    };
    const broken = await guard.broken('start');
    if (broken !== undefined) {
      const { refuseStart } = await import('./refuse-start.js');
      return await refuseStart(broken, options, {
        core,
        breakers,
        hands,
        link,
        pool,
        tracing,
        installation,
        signals,
        closing,
      });
    }

    if (roles.length > 0) await recordConfiguration(options, store);
    if (roles.includes('worker')) {
      const { startWorkerRole } = await import('./worker-role.js');
      worker = await startWorkerRole(options, {
        engine: core,
        registry,
        hands,
        learn,
        clock,
        signals,
        wakes,
        tracing,
        closing,
      });
    }
    const worksOnly = roles.length > 0 && roles.every((role) => role === 'worker');
    if (worksOnly) return { engine: undefined, port: undefined, close: closing.close };

    const ending = new AbortController();
    closing.add('what waits in memory', () => ending.abort());
    const entities = await openEntities(options.databaseUrl, applicationName);
    closing.add('entities', entities.close);
    await recordTemplates(pool, options.runbooks);
    const { buildEngine } = await import('./build-engine.js');
    const { engine, ports } = buildEngine(options, {
      ...core,
      ending: ending.signal,
      breakers,
      hands,
      link,
      pool,
      tracing,
      source: entities.source,
    });
    if (roles.length > 0)
      (await import('./pager-role.js')).startPagerRole(options, { ports, installation, signals, closing, pool });
    if (roles.includes('scheduler'))
      (await import('./scheduler-role.js')).startSchedulerRole(options, {
        engine: ports,
        directory,
        breakers,
        signals,
        closing,
        pool,
        runtime,
        secrets,
        wakes,
        backups: backupParts,
        hourly,
      });
    const people =
      roles.includes('bot') || roles.includes('api')
        ? await (await import('./people-role.js')).startPeopleRole(options, {
            engine,
            ports,
            signals,
            closing,
            pool,
            tracing,
          })
        : undefined;
    return { engine, port: people?.port, close: closing.close };
  } catch (error) {
    failed.abort();
    await closing.close();
    throw error;
  }
}
