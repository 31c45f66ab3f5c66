import type { TargetState } from '../model/plan.js';
import type { Service } from '../model/service.js';
import type { Log } from '../ports.js';
import type { DockerEngine } from '../runtimes/docker/engine.js';
import type { Cluster } from '../runtimes/kubernetes/cluster.js';
import { declaredIn } from './declared-targets.js';
import { createDirectory, type ServiceDirectory } from './directory.js';
import { followDocker } from './follow-docker.js';
import { followHeld } from './follow-held.js';
import { followKubernetes } from './follow-kubernetes.js';

export interface DiscoveryOptions {
  /** Of the configuration; they are always there, and win. */
  services: readonly Service[];
  /** Names of strategies that a label may name. */
  strategies: readonly string[];
  /** Absent: containers are not looked at. */
  docker?: DockerEngine;
  /** Somebody named the engine, by DOCKER_HOST. */
  dockerExpected: boolean;
  /** Those whose workloads are looked at, by context; absent: none. */
  clusters?: ReadonlyMap<string | undefined, Cluster>;
  /** What the recoveries are about that have not ended. */
  activeTargets(): Promise<readonly TargetState[]>;
  log: Log;
  /** How often the health check of a discovered service is asked. */
  intervalMs: number;
  /** How long a container may be away before it is no service. */
  goneAfterMs: number;
  /** For tests: default 30 s. */
  resyncMs?: number;
}

export interface Discovery {
  directory: ServiceDirectory;
  /** Resolves when the engine and the clusters were looked at once, or could not be: after 10 s at the latest. */
  first: Promise<void>;
  /** What a recovery is about that is in hand now: known at once, without a look. */
  learn(targets: readonly TargetState[]): void;
  stop(): Promise<void>;
}

const RESYNC_MS = 30_000;

/**
 * Containers with the label `reviver.enable=true`, and workloads of clusters with that label or annotation, become services
 * by themselves, and are none any more when they are gone and no recovery is about them. Every process that plans, works or
 * watches has one of its own; they agree because they look at the same engines.
 */
export function startDiscovery(options: DiscoveryOptions): Discovery {
  const { services: file, strategies, docker, dockerExpected: expected, intervalMs, goneAfterMs, log } = options;
  const directory = createDirectory({
    file,
    strategies,
    intervalMs,
    goneAfterMs,
    clock: () => performance.now(),
    log,
  });
  // Nothing tells that a container has been away for long: it is looked for.
  const { resyncMs = Math.min(RESYNC_MS, Math.max(goneAfterMs, 1_000)) } = options;
  const following = [
    ...(docker ? [followDocker({ docker, see: directory.see, expected, resyncMs, log })] : []),
    followHeld({ targets: options.activeTargets, hold: directory.hold, everyMs: resyncMs, log }),
    ...[...(options.clusters ?? [])].map(([context, cluster]) =>
      followKubernetes({
        cluster,
        context,
        see: (workloads) => directory.see(workloads, `cluster ${context ?? ''}`),
        tellEveryMs: resyncMs,
        ...(options.resyncMs === undefined ? {} : { resyncMs: options.resyncMs }),
        log,
      }),
    ),
  ];
  return {
    directory,
    first: Promise.all(following.map(({ first }) => first)).then(() => undefined),
    learn: (targets) => {
      const declared = targets.flatMap((target) => declaredIn(target) ?? []);
      if (declared.length > 0) directory.holdAlso(declared);
    },
    async stop() {
      await Promise.all(following.map((one) => one.stop()));
    },
  };
}
