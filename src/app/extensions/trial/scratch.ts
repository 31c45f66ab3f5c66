import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionContext } from '../../../engine/actions/action.js';
import { createBackupCatalog } from '../../../engine/backups/catalog.js';
import { NotFound } from '../../../engine/model/errors.js';
import type { Service } from '../../../engine/model/service.js';
import { createExec } from '../../../engine/processes/exec.js';
import { createGuardian } from '../../../engine/processes/guardian.js';
import { createDockerEngine } from '../../../engine/runtimes/docker/engine.js';
import { createClusters } from '../../../engine/runtimes/kubernetes/cluster.js';
import { createRuntimes } from '../../../engine/runtimes/runtimes.js';
import { createSnapshotCatalog } from '../../../engine/snapshots/catalog.js';

/** A place to run an action in: the real hands of a worker, on a folder that is removed at the end. */
export interface Scratch {
  dataDir: string;
  /** `looking`: whatever has an effect by itself is refused, as in a dry run. */
  context(signal: AbortSignal, looking?: 'looking'): ActionContext;
  /** What the action said and told. */
  said: string[];
  close(): Promise<void>;
}

const RUN_KEY = 'R-1/0';

export async function createScratch(
  services: readonly Service[],
  given: Partial<ActionContext> = {},
): Promise<Scratch> {
  const dataDir = await mkdtemp(join(tmpdir(), 'reviver-action-'));
  const guardian = createGuardian();
  const docker = createDockerEngine(undefined);
  const clusters = createClusters(undefined);
  const runtime = createRuntimes(() => services, { dataDir, docker, clusters });
  const said: string[] = [];
  const refuse = (): never => {
    throw new Error('it must have no effect here: exec and notify are for run');
  };
  const absent = (): never => {
    throw new Error('a trial has no breakers; give stand-ins as context: { breakers: ... }');
  };
  return {
    dataDir,
    said,
    context(signal, looking) {
      const exec = createExec(guardian)({ runKey: `${RUN_KEY}@${dataDir}`, signal });
      return {
        signal,
        runKey: RUN_KEY,
        mark: `${RUN_KEY}@${dataDir}`,
        log: (message) => void said.push(message),
        service: (name) => {
          const found = services.find((service) => service.name === name);
          if (!found) throw new NotFound('service', name);
          return found;
        },
        services: () => services,
        runtime: looking ? runtime : (name) => runtime(name, exec),
        monitored: async () => undefined,
        care: { list: async () => [], hasten: async () => {} },
        docker,
        clusters,
        step: () => undefined,
        breakers: { look: absent, open: absent, reset: absent },
        backups: createBackupCatalog({}, { dir: join(dataDir, 'backups') }),
        snapshots: createSnapshotCatalog({
          dir: join(dataDir, 'snapshots'),
          secretKey: '00'.repeat(32),
          retention: { days: 1, atLeast: 1, atMost: 9 },
        }),
        dataDir,
        now: () => new Date(),
        ...given,
        exec: looking ? refuse : (given.exec ?? exec),
        notify: looking ? refuse : (given.notify ?? (async (message) => void said.push(message))),
      };
    },
    async close() {
      await guardian.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
