import { join } from 'node:path';
import { ActionError } from '../../engine/actions/action.js';
import { createActions } from '../../engine/actions/actions.js';
import { forbids, refusal } from '../../engine/constitution/constitution.js';
import type { Plan } from '../../engine/model/plan.js';
import type { Service } from '../../engine/model/service.js';
import type { Log } from '../../engine/ports.js';
import { createExec } from '../../engine/processes/exec.js';
import type { createGuardian } from '../../engine/processes/guardian.js';
import { clearGroupsOf } from '../../engine/processes/run-groups.js';
import { crashAt } from '../../engine/recovery/crash-points.js';
import { createGate } from '../../engine/recovery/gate.js';
import type { RunnerPorts } from '../../engine/recovery/runner.js';
import { createUndoOf } from '../../engine/recovery/undo-of.js';
import { createDockerEngine } from '../../engine/runtimes/docker/engine.js';
import { createClusters } from '../../engine/runtimes/kubernetes/cluster.js';
import { createRuntimes } from '../../engine/runtimes/runtimes.js';
import type { Secrets } from '../../engine/secrets/secrets.js';
import { createSnapshotCatalog } from '../../engine/snapshots/catalog.js';
import { type BackupOptions, openBackups } from '../backups.js';
import { createHands, processKey } from '../hands.js';
import { workerIdentity } from '../worker-identity.js';
import type { Scenario } from './scenario.js';

export interface DisasterParts {
  backups: BackupOptions;
  services: readonly Service[];
  secrets: Secrets;
  /** Marks the processes of this recovery, and of no other. */
  id: string;
  scenario: Pick<Scenario, 'installation'>;
  /** Whose targets are as they were shown: they were not looked at, since they are lost. */
  plan: Plan;
  guardian: ReturnType<typeof createGuardian>;
  dockerHost: string | undefined;
  crashPoint: string | undefined;
  log: Log;
}

const KEEP_ALL = { days: 365, atLeast: 1, atMost: 1_000 };

/** What the engine's runner asks of the world, without a database. */
export async function disasterPorts(parts: DisasterParts): Promise<Omit<RunnerPorts, 'store' | 'dispatcher'>> {
  const { backups: options, scenario, guardian, log, plan } = parts;
  const installation = `disaster-${parts.id}`;
  const { dataDir, secretKey } = options;
  const services = () => parts.services;
  const actions = createActions();
  const docker = createDockerEngine(parts.dockerHost);
  const clusters = createClusters(undefined);
  const dockerHost = parts.dockerHost === undefined ? {} : { dockerHost: parts.dockerHost };
  const now = () => new Date();
  const { secrets } = parts;
  const hands = createHands({
    secrets,
    installation,
    actions,
    services,
    runtime: createRuntimes(services, { dataDir, docker, clusters, secrets, ...dockerHost }),
    docker,
    clusters,
    exec: createExec(guardian),
    backups: openBackups(options, services).backups,
    snapshots: createSnapshotCatalog({ dir: join(dataDir, 'snapshots'), secretKey, retention: KEEP_ALL }),
    breakers: { open: noDatabase, reset: noDatabase, look: noDatabase },
    monitored: noDatabase,
    care: { list: noDatabase, hasten: noDatabase },
    dataDir,
    now,
    log,
  });
  return {
    worker: await workerIdentity(['default'], '', []),
    now,
    hands,
    undoOf: createUndoOf(actions),
    gate: createGate({
      observe: async (names) => plan.targets.filter(({ service }) => names.includes(service)),
      // Its pins are in the database, which is lost.
      constitution: async (step) => refusal(forbids(scenario.installation.constitution, step)),
      undoOf: createUndoOf(actions),
      approvalExpiresMs: 0,
      // Whoever typed the digest at this terminal is the approval; there is nobody else to ask.
      approval: async () => undefined,
      people: [],
      detail: async () => undefined,
    }),
    oldProcesses: async (stepKey, upToEpoch) =>
      (await clearGroupsOf(processKey(stepKey, installation), { upToEpoch })) === 'cannot_tell'
        ? 'cannot_tell'
        : 'gone',
    reach: crashAt(parts.crashPoint),
    log,
  };
}

function noDatabase(): never {
  throw new ActionError('Breakers are in the database, which is lost; nothing was done.', {
    code: 'no_database',
    retryable: false,
  });
}
