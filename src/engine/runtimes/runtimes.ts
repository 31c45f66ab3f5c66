import { randomUUID } from 'node:crypto';
import { NotFound } from '../model/errors.js';
import type { RuntimeName, Service } from '../model/service.js';
import { createExec, type Exec } from '../processes/exec.js';
import type { Guardian } from '../processes/guardian.js';
import { createSecrets, type Secrets } from '../secrets/secrets.js';
import { createComposeRuntime } from './compose/compose.js';
import { createDockerRuntime } from './docker/docker.js';
import { createDockerEngine, type DockerEngine } from './docker/engine.js';
import { type Clusters, createClusters } from './kubernetes/cluster.js';
import { createKubernetesRuntime } from './kubernetes/kubernetes.js';
import { createProcessRuntime } from './process.js';
import type { Runtime } from './runtime.js';
import { createSystemdRuntime } from './systemd/systemd.js';

export interface RuntimeOptions {
  /** Folder for files of this installation. */
  dataDir: string;
  /** Absent: the one of `dockerHost`. */
  docker?: DockerEngine;
  /** DOCKER_HOST; default: the engine of this machine. */
  dockerHost?: string;
  /** Absent: those of `kubeconfig`. */
  clusters?: Clusters;
  /** KUBECONFIG; default: the user's own, else the pod's service account. */
  kubeconfig?: string;
  /** What references in the settings of services mean; absent: there are none. */
  secrets?: Secrets;
}

interface Parts {
  dataDir: string;
  docker: DockerEngine;
  dockerHost?: string | undefined;
  clusters: Clusters;
  secrets: Secrets;
  /** Runs programs: those of a step end with its worker, others only look. */
  exec: Exec;
}

/** One line a runtime. */
const RUNTIMES: Record<RuntimeName, (service: Service, parts: Parts) => Runtime> = {
  process: createProcessRuntime,
  docker: (service, { docker }) => createDockerRuntime(service, docker),
  compose: createComposeRuntime,
  kubernetes: (service, { clusters }) => createKubernetesRuntime(service, clusters),
  systemd: createSystemdRuntime,
};

/** The runtime of a service. `exec` runs the programs of a step; without one, it is only looked at. */
export type Runtimes = (service: string, exec?: Exec) => Runtime;

/**
 * Runtimes by service name. `services` gives the same array until something changes.
 */
export function createRuntimes(services: () => readonly Service[], options: RuntimeOptions): Runtimes {
  const { dataDir, dockerHost, docker = createDockerEngine(dockerHost) } = options;
  const { clusters = createClusters(options.kubeconfig), secrets = createSecrets([]) } = options;
  const parts = { dataDir, docker, dockerHost, clusters, secrets };
  const created = new Map<Service, Runtime>();
  let known: readonly Service[] = [];
  let byName = new Map<string, Service>();

  function find(name: string): Service | undefined {
    const now = services();
    if (now !== known) {
      known = now;
      byName = new Map(now.map((service) => [service.name, service]));
      for (const old of created.keys()) if (byName.get(old.name) !== old) created.delete(old);
    }
    return byName.get(name);
  }

  return (name, exec) => {
    const service = find(name);
    if (!service) throw new NotFound('service', name);
    if (exec) return RUNTIMES[service.runtime](service, { ...parts, exec });
    const runtime = created.get(service) ?? RUNTIMES[service.runtime](service, { ...parts, exec: lookingExec });
    created.set(service, runtime);
    return runtime;
  };
}

/** For looking: ended with the signal, and after this long at the latest. */
const LOOK_MS = 10_000;

const lookingExec: Exec = (command, options) =>
  createExec(NO_GUARDIAN)({ runKey: `look-${randomUUID()}`, signal: AbortSignal.timeout(LOOK_MS) })(command, options);

const NO_GUARDIAN: Guardian = { add: async () => {}, remove() {}, async close() {} };
