import type { Service } from '../model/service.js';
import type { Log } from '../ports.js';
import type { DockerEngine } from '../runtimes/docker/engine.js';
import { createDirectory, type ServiceDirectory } from './directory.js';
import { followDocker } from './follow-docker.js';

export interface DiscoveryOptions {
  /** Of the configuration; they are always there, and win. */
  services: readonly Service[];
  /** Names of strategies that a label may name. */
  strategies: readonly string[];
  docker: DockerEngine;
  /** Somebody named the engine, by DOCKER_HOST. */
  dockerExpected: boolean;
  log: Log;
  /** How often the health check of a discovered service is asked; default 15 s. */
  intervalMs?: number;
  /** For tests: default 60 s. */
  goneAfterMs?: number;
  /** For tests: default 30 s. */
  resyncMs?: number;
}

export interface Discovery {
  directory: ServiceDirectory;
  /** Resolves when the engine was looked at once, or could not be: after 10 s at the latest. */
  first: Promise<void>;
  stop(): Promise<void>;
}

const INTERVAL_MS = 15_000;
const GONE_AFTER_MS = 60_000;

/**
 * Containers with the label `reviver.enable=true` become services by themselves, and are none any more when they are gone.
 * Every process that plans, works or watches has one of its own; they agree because they look at the same engine.
 */
export function startDiscovery(options: DiscoveryOptions): Discovery {
  const { services: file, strategies, docker, dockerExpected: expected, log } = options;
  const directory = createDirectory({
    file,
    strategies,
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    goneAfterMs: options.goneAfterMs ?? GONE_AFTER_MS,
    clock: () => performance.now(),
    log,
  });
  const { resyncMs } = options;
  const following = followDocker({
    docker,
    see: directory.see,
    expected,
    log,
    ...(resyncMs === undefined ? {} : { resyncMs }),
  });
  return { directory, first: following.first, stop: following.stop };
}
