import type Docker from 'dockerode';
import { ActionError } from '../../actions/action.js';
import type { Service } from '../../model/service.js';
import type { Runtime, RuntimeStatus } from '../runtime.js';
import { inspect, statusOf } from './container.js';
import { type DockerEngine, DockerRefusal } from './engine.js';
import { lastLogLines } from './logs.js';
import { recreate } from './recreate.js';
import { captureContainer, restoreContainer } from './snapshot.js';

/** Seconds that a container has to end by SIGTERM before Docker sends SIGKILL. */
const STOP_GRACE_S = 10;

/** A container of the Docker engine, by `container_name`, else by the service's own name. */
export function createDockerRuntime(service: Service, engine: DockerEngine): Runtime {
  const name = service.containerName ?? service.name;
  const status = async (signal?: AbortSignal): Promise<RuntimeStatus> =>
    statusOf(name, await inspect(engine, name, signal));

  async function change(verb: keyof typeof CHANGES, signal: AbortSignal): Promise<RuntimeStatus> {
    signal.throwIfAborted();
    await engine
      .ask(`${verb} ${name}`, (docker) => CHANGES[verb](docker.getContainer(name), signal))
      .catch((error: unknown) => {
        if (error instanceof DockerRefusal && error.status === ALREADY) return;
        if (error instanceof DockerRefusal && error.status === MISSING) throw missing(name);
        throw error;
      });
    return status(signal);
  }

  return {
    name: 'docker',
    status,
    stop: (signal) => change('stop', signal),
    async start(signal) {
      const before = await status(signal);
      if (before.status === 'missing') throw missing(name);
      return change(before.facts.paused === true ? 'unpause' : 'start', signal);
    },
    recreate: async (signal) => statusOf(name, await recreate(engine, name, signal)),
    snapshot: {
      capture: (folder, signal) => captureContainer(engine, name, folder, signal),
      restore: async (folder, signal) => statusOf(name, await restoreContainer(engine, name, folder, signal)),
    },
    logs: (lines) => lastLogLines(engine, name, lines),
  };
}

const CHANGES = {
  stop: (container: Docker.Container, abortSignal: AbortSignal) => container.stop({ t: STOP_GRACE_S, abortSignal }),
  start: (container: Docker.Container, abortSignal: AbortSignal) => container.start({ abortSignal }),
  unpause: (container: Docker.Container, abortSignal: AbortSignal) => container.unpause({ abortSignal }),
};

/** It is so already. */
const ALREADY = 304;
const MISSING = 404;

function missing(name: string): ActionError {
  return new ActionError(
    `There is no container ${name} on this Docker engine. Make it anew from its image or compose file; nothing was changed.`,
    { code: 'missing', retryable: false },
  );
}
