import { fixedDirectory, type ServiceDirectory } from '../engine/discovery/directory.js';
import { type Discovery, startDiscovery } from '../engine/discovery/discovery.js';
import { STRATEGIES } from '../engine/model/service.js';
import type { DockerEngine } from '../engine/runtimes/docker/engine.js';
import { activeTargets } from '../store/active-targets.js';
import type { Pool } from '../store/pool.js';
import type { Closing } from './closing.js';
import type { NodeOptions } from './node-options.js';

export interface KnownServices {
  directory: ServiceDirectory;
  learn: Discovery['learn'];
}

/** The services of the configuration, and those that containers declare, once they were looked for. */
export async function knownServices(
  options: NodeOptions,
  parts: { docker: DockerEngine; pool: Pool; closing: Closing },
): Promise<KnownServices> {
  const { services, discovery, extraStrategies = [], dockerHost, log } = options;
  if (!discovery) return { directory: fixedDirectory(services), learn: () => {} };
  const started = startDiscovery({
    services,
    strategies: [...STRATEGIES, ...extraStrategies.map(({ name }) => name)],
    docker: parts.docker,
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
