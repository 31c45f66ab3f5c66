import type { Service } from '../../model/service.js';
import type { Exec } from '../../processes/exec.js';
import type { DockerEngine } from '../docker/engine.js';
import { lastLogLines } from '../docker/logs.js';
import type { Runtime, RuntimeStatus } from '../runtime.js';
import { sectionMissing } from '../section.js';
import { chooseReplicas } from '../size.js';
import { compose } from './command.js';
import { containersOf } from './containers.js';
import { composeStatus, replicas } from './status.js';

/** Seconds that its containers have to end by SIGTERM. */
const STOP_GRACE_S = '10';

export interface ComposeParts {
  docker: DockerEngine;
  exec: Exec;
  /** DOCKER_HOST for the program, which inherits nothing. */
  dockerHost?: string | undefined;
}

/**
 * A service of a Compose file: one container or several. What is there is asked of the engine, by Compose's own labels;
 * what changes it is done by Compose itself.
 */
export function createComposeRuntime(service: Service, parts: ComposeParts): Runtime {
  const { compose: place } = service;
  if (!place) throw sectionMissing(service, 'compose', 'the file and the service in it');
  const found = (signal?: AbortSignal) => containersOf(parts.docker, place, signal);
  const status = async (signal?: AbortSignal): Promise<RuntimeStatus> =>
    composeStatus(place.service, await found(signal));
  const change = async (args: string[], signal: AbortSignal): Promise<RuntimeStatus> => {
    const { project } = await found(signal);
    await compose(parts, { ...place, ...(project === undefined ? {} : { project }) }, args, {
      signal,
      now: async () => (await status(signal)).summary,
    });
    return status(signal);
  };
  const up = async (count: number, how: string[], signal: AbortSignal): Promise<RuntimeStatus> =>
    change(['up', '-d', '--no-deps', ...how, '--scale', `${place.service}=${count}`, place.service], signal);

  return {
    name: 'compose',
    spawns: true,
    status,
    stop: (signal) => change(['stop', '-t', STOP_GRACE_S, place.service], signal),
    reload: (signal) => change(['kill', '-s', 'SIGHUP', place.service], signal),
    async start(signal) {
      const { containers } = await found(signal);
      if (containers.length === 0) return up(1, ['--no-recreate'], signal);
      const paused = containers.some(({ State }) => State.Paused);
      return change([paused ? 'unpause' : 'start', place.service], signal);
    },
    recreate: async (signal) =>
      up(Math.max(1, replicas((await found(signal)).containers)), ['--force-recreate'], signal),
    scale: {
      now: async (signal) => ({ replicas: replicas((await found(signal)).containers) }),
      choose: (now, wish) => chooseReplicas(service.name, now, wish),
      to: (size, signal) => up(size.replicas ?? 1, ['--no-recreate'], signal),
    },
    async logs(lines) {
      const { containers } = await found();
      const each = await Promise.all(containers.map(({ Id }) => lastLogLines(parts.docker, Id, lines)));
      return each.flat().slice(-lines);
    },
  };
}
