import type Docker from 'dockerode';
import { ActionError } from '../../actions/action.js';
import type { RuntimeStatus } from '../runtime.js';
import { type DockerEngine, DockerRefusal } from './engine.js';

export type Inspected = Docker.ContainerInspectInfo;

/** A container by name; undefined when the engine has none. */
export async function inspect(
  engine: DockerEngine,
  name: string,
  signal?: AbortSignal,
): Promise<Inspected | undefined> {
  try {
    return await engine.ask(
      `look at ${name}`,
      (docker) => docker.getContainer(name).inspect(signal ? { abortSignal: signal } : {}),
      { reads: true },
    );
  } catch (error) {
    if (error instanceof DockerRefusal && error.status === 404) return undefined;
    throw error;
  }
}

const short = (id: string) => id.slice(0, 12);

/**
 * An instance is a container since its last start: both a restart and a new container change it. `aside` is the old one
 * that an interrupted replacement has set aside: as long as it is there, that is not finished.
 */
export function statusOf(name: string, found: Inspected | undefined, aside?: Inspected): RuntimeStatus {
  const left = aside ? { aside: short(aside.Id) } : {};
  if (!found) {
    const where = aside ? `; the one before is set aside as ${aside.Name.slice(1)}` : '';
    return { status: 'missing', instance: null, summary: `no container ${name}${where}`, facts: left };
  }
  const {
    Running: running,
    Paused: paused,
    StartedAt: since,
    ExitCode: exitCode,
    OOMKilled: outOfMemory,
  } = found.State;
  const facts = {
    id: short(found.Id),
    image: found.Config.Image,
    restarts: found.RestartCount,
    ...left,
    ...(running ? {} : { exit_code: exitCode, ...(outOfMemory ? { out_of_memory: true } : {}) }),
    ...(found.State.Health ? { health: found.State.Health.Status } : {}),
  };
  if (running && !paused)
    return {
      status: 'running',
      instance: `${short(found.Id)}@${since}`,
      summary: `container ${short(found.Id)}`,
      facts,
    };
  const why = paused ? 'paused' : outOfMemory ? 'ended out of memory' : `ended with ${exitCode}`;
  return {
    status: 'stopped',
    instance: null,
    summary: `container ${short(found.Id)} ${why}`,
    facts: { ...facts, paused },
  };
}

/** `what`: `There is no container web`. */
export function missing(what: string): ActionError {
  return new ActionError(
    `${what} on this Docker engine. Make it anew from its image or compose file, or bring it back from a snapshot (the strategy rollback); nothing was changed.`,
    { code: 'missing', retryable: false },
  );
}
