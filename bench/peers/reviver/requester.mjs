import { fromDist } from './dist.mjs';

const STEPS = 10;

const { createDataSource, poolOf } = await fromDist('src/store/data-source.js');
const { createRecoveryStore } = await fromDist('src/store/recovery-store.js');
const { createRedisLink } = await fromDist('src/jobs/redis-link.js');
const { createWakeQueue } = await fromDist('src/jobs/wake-queue.js');
const { planDigest, requestDigest } = await fromDist('src/engine/planner/digest.js');
const { NO_RETRY } = await fromDist('src/engine/model/retry-policy.js');

/** Stores a recovery and wakes a worker, as the engine does once a plan is made; planning itself is not measured. */
export async function openRequester({ databaseUrl, redisUrl, prefix }) {
  const source = await createDataSource(databaseUrl, { connections: 8 }).initialize();
  const store = createRecoveryStore(poolOf(source), { leaseMs: 8_000 });
  const queue = createWakeQueue({ url: redisUrl, prefix, link: createRedisLink(() => {}), log: () => {} }, () => {});
  let made = 0;
  const create = async (action, steps) => {
    made += 1;
    const { recovery } = await store.create(draft(`service-${process.pid}-${made}`, planned(action, steps)));
    return recovery;
  };
  return {
    async request(ended) {
      const recovery = await create('bench_step', STEPS);
      const end = ended(recovery.id);
      queue.wake(recovery);
      await end;
    },
    async hold() {
      const recovery = await create('bench_hold', 1);
      queue.wake(recovery);
      return recovery.id;
    },
    /** The workers can no longer look for each other's processes: only the lease tells that one is gone. */
    pretendOtherHost: () => poolOf(source).query("UPDATE workers SET host = 'host of ' || id WHERE left_at IS NULL"),
    async close() {
      await queue.close();
      await source.destroy();
    },
  };
}

function planned(action, count) {
  return Array.from({ length: count }, (_, n) => ({
    id: `step-${n + 1}`,
    name: `Step ${n + 1}`,
    action,
    input: { n },
    stage: n,
    risk: 0,
    timeoutMs: 60_000,
    retry: NO_RETRY,
    onFailure: 'rollback',
    idempotent: action === 'bench_step',
    pool: 'default',
    approval: 'auto',
    services: [],
    actionVersion: 1,
  }));
}

function draft(service, steps) {
  const body = {
    service,
    kind: 'runbook',
    name: 'bench',
    description: '',
    params: {},
    riskScore: 0,
    risk: 0,
    riskReasons: [],
    explanation: '',
    alternatives: [],
    targets: [],
    verified: true,
    policy: { need: 0, rule: 'risk < 0.3' },
    constitution: 'bench',
  };
  const plan = { ...body, steps, digest: planDigest(body, steps) };
  const created = { kind: 'recovery.created', actor: 'bench', data: { service, plan: plan.name, digest: plan.digest } };
  return {
    service,
    state: 'SCHEDULED',
    plan,
    requestDigest: requestDigest({ service, runbook: 'bench' }),
    incidentId: null,
    requestedBy: 'bench',
    reason: '',
    origin: { platform: 'bench' },
    priority: 5,
    claims: [service],
    retry: NO_RETRY,
    timeoutMs: 300_000,
    wakeInMs: 0,
    retryOf: null,
    approval: null,
    events: [created],
    effects: [],
  };
}
