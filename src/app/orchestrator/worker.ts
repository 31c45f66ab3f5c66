import { refusal } from '../../engine/constitution/constitution.js';
import type { RecoveryStep } from '../../engine/model/recovery.js';
import type { Log } from '../../engine/ports.js';
import { createGate } from '../../engine/recovery/gate.js';
import { startWorker, WORKER_DEFAULTS, type Worker } from '../../engine/recovery/worker.js';
import { createDockerEngine } from '../../engine/runtimes/docker/engine.js';
import { createClusters } from '../../engine/runtimes/kubernetes/cluster.js';
import { createSecrets } from '../../engine/secrets/secrets.js';
import { packageVersion } from '../cli/version.js';
import { createHands } from '../hands.js';
import { workerIdentity } from '../worker-identity.js';
import { type AttemptOptions, attemptAction } from './attempt-action.js';
import { RECOVER } from './attempt-plan.js';
import type { Parts } from './parts.js';

export interface OrchestratorWorkerOptions extends Omit<AttemptOptions, 'attempt' | 'checked'> {
  pool: string;
  /** Why no step may begin now, such as a hash that is not the constitution's. */
  forbids(step: RecoveryStep): string | undefined;
  log: Log;
}

/** With the name under which it owns what it runs. */
export type OrchestratorWorker = Worker & { id: string };

/** The engine's own worker, whose one action is what the program brought. */
export async function startOrchestratorWorker(
  parts: Parts,
  options: OrchestratorWorkerOptions,
): Promise<OrchestratorWorker> {
  const { store, registry, clock, dispatcher } = parts;
  const { pool, log, forbids, ...attempt } = options;
  const worker = await workerIdentity([pool], packageVersion(), [RECOVER, `${RECOVER}@1`]);
  const started = await startWorker(
    {
      store,
      registry,
      dispatcher,
      worker,
      now: clock.now,
      calibrate: clock.calibrate,
      isAlive: parts.isAlive,
      undoOf: () => undefined,
      hands(snapshot, output) {
        const { attempts, plan } = snapshot.recovery;
        const action = attemptAction({ ...attempt, attempt: attempts, checked: plan.verified });
        return createHands({ ...SURROUNDINGS, actions: new Map([[RECOVER, action]]), now: clock.now, log })(
          snapshot,
          output,
        );
      },
      gate: createGate({
        observe: async () => [],
        constitution: async (step) => refusal(forbids(step)),
        undoOf: () => undefined,
        approvalExpiresMs: 0,
        approval: store.approval,
        people: [],
        detail: async () => undefined,
      }),
      // Its steps run functions, never programs.
      oldProcesses: async () => 'gone',
      reach: () => {},
      // What ends and begins the document's own lines say (attempt-log.ts).
      log: (level, message, facts) => {
        if (level === 'warn' || level === 'error') log(level, message, facts);
      },
    },
    WORKER_DEFAULTS,
  );
  return { ...started, id: worker.id };
}

const nothing = (): never => {
  throw new Error('a recovery of the library has nothing but the functions of its program');
};

const SURROUNDINGS = {
  installation: 'library',
  dataDir: '',
  services: () => [],
  runtime: nothing,
  docker: createDockerEngine(undefined),
  clusters: createClusters(undefined),
  exec: nothing,
  backups: { list: nothing, begin: nothing, opened: nothing, data: nothing, service: () => undefined, names: () => [] },
  snapshots: { take: nothing, list: nothing, open: nothing, prune: nothing },
  breakers: { open: nothing, reset: nothing, look: nothing },
  secrets: createSecrets([]),
  monitored: nothing,
  care: { list: nothing, hasten: nothing },
};
