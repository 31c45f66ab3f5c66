import type Docker from 'dockerode';
import type { Service } from '../../model/service.js';
import type { Runtime, RuntimeStatus } from '../runtime.js';
import { inspect, missing, statusOf } from './container.js';
import { type DockerEngine, DockerRefusal } from './engine.js';
import { lastLogLines } from './logs.js';
import { recreate } from './recreate.js';
import { rehearseVolumes } from './rehearse.js';
import { ASIDE } from './replace.js';
import { dockerScale } from './scale.js';
import { captureContainer, measureContainer, restoreContainer } from './snapshot.js';

/** Seconds that a container has to end by SIGTERM before Docker sends SIGKILL. */
const STOP_GRACE_S = 10;

/** A container of the Docker engine, by `container_name`, else by the service's own name. */
export function createDockerRuntime(service: Service, engine: DockerEngine): Runtime {
  const name = service.containerName ?? service.name;
  const status = async (signal?: AbortSignal): Promise<RuntimeStatus> => {
    const [found, aside] = await Promise.all([name, name + ASIDE].map((each) => inspect(engine, each, signal)));
    return statusOf(name, found, aside);
  };

  async function change(verb: keyof typeof CHANGES, signal: AbortSignal): Promise<RuntimeStatus> {
    signal.throwIfAborted();
    await engine
      .ask(`${verb} ${name}`, (docker) => CHANGES[verb](docker.getContainer(name), signal))
      .catch((error: unknown) => {
        if (error instanceof DockerRefusal && error.status === ALREADY) return;
        if (error instanceof DockerRefusal && error.status === MISSING) throw missing(`There is no container ${name}`);
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
      if (before.status === 'missing') throw missing(before.summary.replace(/^no/, 'There is no'));
      return change(before.facts.paused === true ? 'unpause' : 'start', signal);
    },
    reload: (signal) => change('reload', signal),
    recreate: async (signal, by) => statusOf(name, await recreate(engine, name, by, signal)),
    scale: dockerScale(service, name, engine),
    snapshot: {
      measure: (signal, without) => measureContainer(engine, name, signal, without),
      capture: (folder, signal, without) => captureContainer(engine, name, folder, signal, without),
      restore: async (folder, signal, by, overlay) =>
        statusOf(name, await restoreContainer(engine, name, { folder, by, overlay }, signal)),
      restoreAround: async (folder, signal, by) =>
        statusOf(name, await restoreContainer(engine, name, { folder, by, presentData: true }, signal)),
      rehearse: (folder, facts, signal) => rehearseVolumes(engine, folder, facts, signal),
    },
    logs: (lines) => lastLogLines(engine, name, lines),
  };
}

const CHANGES = {
  stop: (container: Docker.Container, abortSignal: AbortSignal) => container.stop({ t: STOP_GRACE_S, abortSignal }),
  start: (container: Docker.Container, abortSignal: AbortSignal) => container.start({ abortSignal }),
  reload: (container: Docker.Container, abortSignal: AbortSignal) => container.kill({ signal: 'SIGHUP', abortSignal }),
  unpause: (container: Docker.Container, abortSignal: AbortSignal) => container.unpause({ abortSignal }),
};

/** It is so already. */
const ALREADY = 304;
const MISSING = 404;
