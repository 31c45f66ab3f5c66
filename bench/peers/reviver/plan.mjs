import { fromDist } from './dist.mjs';

const { planDigest, requestDigest } = await fromDist('src/engine/planner/digest.js');
const { NO_RETRY } = await fromDist('src/engine/model/retry-policy.js');

const CONSTITUTION = 'cdd01ef066bc6cf2';

/** A recovery as the engine stores it once a plan is made: one step for each of `inputs`. */
export function draftOf(service, action, inputs) {
  const steps = inputs.map((input, n) => stepOf(action, input, n));
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
    constitution: CONSTITUTION,
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

function stepOf(action, input, n) {
  return {
    id: `step-${n + 1}`,
    name: `Step ${n + 1}`,
    action,
    input,
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
  };
}
