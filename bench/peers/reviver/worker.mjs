import { tmpdir } from 'node:os';
import { IN_FLIGHT } from '../../load-size.mjs';
import { runWorker } from '../../session/worker.mjs';
import { holdStep, STEP } from './actions.mjs';
import { fromDist } from './dist.mjs';

// As a real worker process does: the whole composition root is loaded, so that memory and start count it.
await fromDist('src/app/node.js');
const { createDatabaseClock } = await fromDist('src/app/database-clock.js');
const { createUndoOf } = await fromDist('src/app/hands.js');
const { createClosing } = await fromDist('src/app/closing.js');
const { createLog } = await fromDist('src/app/logger.js');
const { openStore } = await fromDist('src/app/open-store.js');
const { startWorkerRole } = await fromDist('src/app/worker-role.js');
const { createRedisLink } = await fromDist('src/jobs/redis-link.js');
const { createSignals } = await fromDist('src/jobs/signals.js');
const { createWakeQueue } = await fromDist('src/jobs/wake-queue.js');
const { poolOf } = await fromDist('src/store/data-source.js');
const { createRecoveryStore } = await fromDist('src/store/recovery-store.js');
const { createWorkerRegistry } = await fromDist('src/store/worker-registry.js');
const { isTerminal } = await fromDist('src/engine/model/recovery.js');
const { BUILT_IN_ACTIONS } = await fromDist('src/engine/actions/actions.js');
const { WORKER_DEFAULTS } = await fromDist('src/engine/recovery/worker.js');

/** The worker role of the product, wired as its composition root does, but for the store, which also tells of ends. */
await runWorker(async ({ databaseUrl, redisUrl, prefix, tell }) => {
  const log = createLog('error', 'bench');
  const closing = createClosing(log);
  const source = await openStore(databaseUrl, {
    applicationName: 'reviver worker',
    connections: 8,
    log,
    signal: new AbortController().signal,
  });
  closing.add('store', () => source.destroy());
  const { leaseMs } = WORKER_DEFAULTS;
  const store = tellingOfEnds(createRecoveryStore(poolOf(source), { leaseMs }), tell);
  const registry = createWorkerRegistry(poolOf(source), { leaseMs, slots: IN_FLIGHT });
  const link = createRedisLink(log);
  const wakes = { url: redisUrl, prefix, link, log };
  const signals = createSignals(wakes);
  closing.add('signals', () => signals.close());
  let worker;
  const queue = createWakeQueue(wakes, () => worker?.kick());
  closing.add('queues', () => queue.close());
  const clock = createDatabaseClock();
  const actions = new Map([...BUILT_IN_ACTIONS, ...[STEP, holdStep(tell)].map((action) => [action.name, action])]);
  const engine = {
    store,
    dispatcher: { wake: queue.wake, changed: signals.changed, cancel: signals.cancel },
    undoOf: createUndoOf(actions),
    observe: async () => [],
    now: clock.now,
  };
  const hands = { actions, services: [], runtime: () => {}, backups: {}, dataDir: tmpdir(), now: clock.now, log };
  const options = {
    workerPools: ['default'],
    version: 'bench',
    policy: { expiresMs: 900_000 },
    worker: { concurrency: IN_FLIGHT },
    log,
  };
  worker = await startWorkerRole(options, { engine, registry, hands, clock, signals, wakes, closing });
  return () => closing.close();
});

function tellingOfEnds(store, tell) {
  const { commit } = store;
  store.commit = async (write, inDoubt) => {
    const result = await commit(write, inDoubt);
    const { id, state } = write.after.recovery;
    if (result.ok && isTerminal(state))
      tell(state === 'SUCCEEDED' ? { ended: id } : { failed: write.after.recovery.outcome });
    return result;
  };
  return store;
}
