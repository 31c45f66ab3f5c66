import { forbids, refusal } from '../engine/constitution/constitution.js';
import type { EnginePorts } from '../engine/create-engine.js';
import { within } from '../engine/health/within.js';
import { type RecoveryStep, recoveryName, type Snapshot } from '../engine/model/recovery.js';
import type { WorkerIdentity, WorkerRegistry } from '../engine/ports.js';
import { createExec } from '../engine/processes/exec.js';
import { createGuardian } from '../engine/processes/guardian.js';
import { isAlive } from '../engine/processes/identity.js';
import { clearGroupsOf } from '../engine/processes/run-groups.js';
import { abilitiesOf } from '../engine/recovery/abilities.js';
import type { OldProcesses } from '../engine/recovery/attempt.js';
import { crashAt } from '../engine/recovery/crash-points.js';
import { CONSTITUTION_BROKEN } from '../engine/recovery/final-failures.js';
import { createGate } from '../engine/recovery/gate.js';
import { startWorker, WORKER_DEFAULTS, type Worker } from '../engine/recovery/worker.js';
import type { Tracing } from '../engine/tracing/tracing.js';
import type { SharedRedis } from '../jobs/shared-redis.js';
import type { Signals } from '../jobs/signals.js';
import { listenForWakes } from '../jobs/wake-queue.js';
import type { Closing } from './closing.js';
import type { DatabaseClock } from './database-clock.js';
import { createHands, type HandsOptions, processKey } from './hands.js';
import type { KnownServices } from './known-services.js';
import type { NodeOptions } from './node-options.js';
import { workerIdentity } from './worker-identity.js';

const GRACE_MS = 25_000;

export interface WorkerRoleParts {
  engine: Pick<EnginePorts, 'store' | 'dispatcher' | 'undoOf' | 'observe' | 'guard'>;
  registry: WorkerRegistry;
  hands: Omit<HandsOptions, 'exec'>;
  learn: KnownServices['learn'];
  clock: DatabaseClock;
  signals: Signals;
  wakes: SharedRedis;
  tracing: Tracing | undefined;
  closing: Closing;
}

/** Executes recoveries: the only role that does (D7). */
export async function startWorkerRole(options: NodeOptions, parts: WorkerRoleParts): Promise<Worker> {
  const { engine, registry, clock, signals, closing } = parts;
  const worker = await workerIdentity(
    options.workerPools,
    options.version,
    abilitiesOf(parts.hands.actions),
    options.workerHost,
  );
  const guardian = createGuardian();
  closing.add('guardian', () => guardian.close());
  const hands = createHands({ ...parts.hands, exec: createExec(guardian) });
  const started = await startWorker(
    {
      worker,
      store: engine.store,
      registry,
      dispatcher: engine.dispatcher,
      now: clock.now,
      calibrate: clock.calibrate,
      hands(snapshot, output) {
        parts.learn(snapshot.recovery.plan.targets);
        return hands(snapshot, output);
      },
      undoOf: engine.undoOf,
      gate: createGate({
        observe: engine.observe,
        async constitution(step, { recovery }) {
          const broken = await engine.guard.broken('step', recoveryName(recovery.id));
          if (broken !== undefined) return { code: CONSTITUTION_BROKEN, message: broken };
          // What undoes is judged by the rules of now alone: a plan of older ones must still be taken back.
          const old = step.kind === 'do' ? await engine.guard.retired(recovery.constitution) : undefined;
          return refusal(old ?? forbids(options.constitution, step));
        },
        undoOf: engine.undoOf,
        approvalExpiresMs: options.policy.expiresMs,
        approval: engine.store.approval,
        people: options.people,
        detail: (snapshot, step) => detailOf(snapshot, step, hands),
      }),
      oldProcesses: (stepKey, epoch, previous) =>
        oldProcesses(processKey(stepKey, parts.hands.installation), epoch, previous, worker),
      isAlive,
      reach: crashAt(options.crashPoint),
      ...(parts.tracing === undefined ? {} : { tracing: parts.tracing }),
      log: options.log,
    },
    { ...WORKER_DEFAULTS, ...options.worker },
  );
  closing.add('worker', () => started.stop(GRACE_MS));
  signals.onCancel((id, by) => started.cancel(id, by));
  const wakes = listenForWakes({ ...parts.wakes, pools: [...options.workerPools] }, () => started.kick());
  closing.add('wake-ups', () => wakes.close());
  return started;
}

/** Milliseconds that a look may take before people are asked. */
const DETAIL_MS = 30_000;

/** What it says to the thread is not kept: it only looks. */
function detailOf(snapshot: Snapshot, step: RecoveryStep, hands: ReturnType<typeof createHands>) {
  const { action, context } = hands(snapshot, { lines: [], effects: [] });
  return within(DETAIL_MS, undefined, async (signal) =>
    action(step.action).detail?.(step.input, context(step, signal)),
  );
}

/** Leftovers on this host are killed and seen to be gone; those on another host cannot be looked at from here. */
async function oldProcesses(
  runKey: string,
  upToEpoch: number,
  previous: WorkerIdentity | undefined,
  me: WorkerIdentity,
): Promise<OldProcesses> {
  if (previous && previous.host !== me.host) return 'cannot_tell';
  return (await clearGroupsOf(runKey, { upToEpoch })) === 'cannot_tell' ? 'cannot_tell' : 'gone';
}
