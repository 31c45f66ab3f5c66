import { fixedDirectory, type ServiceDirectory } from '../engine/discovery/directory.js';
import { type Discovery, startDiscovery } from '../engine/discovery/discovery.js';
import { type Service, STRATEGIES } from '../engine/model/service.js';
import type { DockerEngine } from '../engine/runtimes/docker/engine.js';
import type { Cluster, Clusters } from '../engine/runtimes/kubernetes/cluster.js';
import { activeTargets } from '../store/active-targets.js';
import type { Pool } from '../store/pool.js';
import type { Closing } from './closing.js';
import type { NodeOptions } from './node-options.js';

export interface KnownServices {
  directory: ServiceDirectory;
  learn: Discovery['learn'];
}

/** The services of the configuration, and those that containers and workloads declare, once they were looked for. */
export async function knownServices(
  options: NodeOptions,
  parts: { docker: DockerEngine; clusters: Clusters; pool: Pool; closing: Closing },
): Promise<KnownServices> {
  const { services, discovery, extraStrategies = [], dockerHost, log } = options;
  if (!discovery) return { directory: fixedDirectory(services), learn: () => {} };
  const started = startDiscovery({
    services,
    strategies: [...STRATEGIES, ...extraStrategies.map(({ name }) => name)],
    ...(discovery.docker ? { docker: parts.docker } : {}),
    ...(discovery.kubernetes ? { clusters: lookedAt(services, parts.clusters) } : {}),
    dockerExpected: dockerHost !== undefined,
    activeTargets: () => activeTargets(parts.pool),
    intervalMs: discovery.healthIntervalMs,
    goneAfterMs: discovery.goneAfterMs,
    log,
  });
  parts.closing.add('discovery', started.stop);
  await started.first;
  return started;
}

/** By context: those of the services of the configuration, else the current one. */
function lookedAt(services: readonly Service[], clusters: Clusters): ReadonlyMap<string | undefined, Cluster> {
  const named = services.flatMap(({ kubernetes }) => (kubernetes ? [kubernetes.context] : []));
  const contexts = named.length > 0 ? named : [undefined];
  return new Map(contexts.map((context) => [context, clusters(context)]));
}
