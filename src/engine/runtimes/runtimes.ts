import { NotFound, UserError } from '../model/errors.js';
import type { RuntimeName, Service } from '../model/service.js';
import { createDockerRuntime } from './docker/docker.js';
import { createDockerEngine, type DockerEngine } from './docker/engine.js';
import { createProcessRuntime } from './process.js';
import type { Runtime } from './runtime.js';

export interface RuntimeOptions {
  /** Folder for files of this installation. */
  dataDir: string;
  /** Absent: the one of `dockerHost`. */
  docker?: DockerEngine;
  /** DOCKER_HOST; default: the engine of this machine. */
  dockerHost?: string;
}

interface Parts {
  dataDir: string;
  docker: DockerEngine;
}

/** One line a runtime. */
const RUNTIMES = new Map<RuntimeName, (service: Service, parts: Parts) => Runtime>([
  ['process', createProcessRuntime],
  ['docker', (service, { docker }) => createDockerRuntime(service, docker)],
]);

/** Runtimes by service name. A service whose runtime this version does not have is an error only when it is asked for. */
export function createRuntimes(services: Iterable<Service>, options: RuntimeOptions): (service: string) => Runtime {
  const byName = new Map([...services].map((service) => [service.name, service]));
  const created = new Map<string, Runtime>();
  const parts: Parts = { dataDir: options.dataDir, docker: options.docker ?? createDockerEngine(options.dockerHost) };
  return (name) => {
    const service = byName.get(name);
    if (!service) throw new NotFound('service', name);
    const runtime = created.get(name) ?? createRuntime(service, parts);
    created.set(name, runtime);
    return runtime;
  };
}

function createRuntime(service: Service, parts: Parts): Runtime {
  const create = RUNTIMES.get(service.runtime);
  if (create) return create(service, parts);
  const known = [...RUNTIMES.keys()].join(', ');
  throw new UserError(
    'invalid_input',
    `${service.name} has the runtime ${service.runtime}; this version has: ${known}.`,
    {
      service: service.name,
      runtime: service.runtime,
    },
  );
}
