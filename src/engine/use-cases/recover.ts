import { question } from '../approvals/question.js';
import type { EnginePorts } from '../create-engine.js';
import type { RecoverRequest, Started } from '../engine.js';
import { InvalidInput, UserError } from '../model/errors.js';
import type { Principal } from '../model/person.js';
import type { Plan } from '../model/plan.js';
import { type NewEvent, type Origin, type Recovery, recoveryName } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import { NO_RETRY, type RetryPolicy } from '../model/retry-policy.js';
import type { Service } from '../model/service.js';
import { findService } from '../planner/candidates.js';
import { requestDigest } from '../planner/digest.js';
import type { MakePlan } from '../planner/planner.js';
import type { RecoveryDraft } from '../ports.js';
import { requireRole } from './authorise.js';
import { claimOrder } from './claim-order.js';
import { drillGaveWay } from './give-way.js';
import { incidentOf } from './incident-of.js';
import { retryFor } from './recovery-policies.js';

export interface RecoverPorts
  extends Pick<
    EnginePorts,
    'store' | 'incidents' | 'dispatcher' | 'services' | 'policy' | 'recoveryPolicies' | 'recoveryTimeoutMs' | 'now'
  > {
  makePlan: MakePlan;
}

/**
 * Plans and starts a recovery. The same request while it runs gives that recovery; another one for the same service is
 * refused with a `conflict` that names the running one and its place in the queue (D9).
 */
export async function recover(
  request: RecoverRequest,
  who: Principal,
  origin: Origin,
  ports: RecoverPorts,
  retryOf: number | null = null,
): Promise<Started> {
  requireRole(who, ['responder', 'bootstrap'], 'start a recovery');
  const service = findService(request.service, ports.services());
  const digest = requestDigest(request);
  const running = await ports.store.active(service.name);
  if (running && (request.drill || !(await drillGaveWay(running, who, ports)))) return join(running, digest, ports);
  const incident = await incidentOf(service.name, ports.incidents);
  const plan = await ports.makePlan(request, who, incident);
  const incidentId = typeof incident.id === 'number' ? incident.id : null;
  const retry = { requestDigest: digest, incidentId, retryOf };
  const { started, other } = await start({ request, plan, service, who, origin, ...retry }, ports);
  return started ?? join(other, digest, ports);
}

/** A request with its plan. */
export interface Asked {
  request: RecoverRequest;
  plan: Plan;
  service: Service;
  who: Principal;
  origin: Origin;
  requestDigest: string;
  incidentId: number | null;
  retryOf: number | null;
  /** Id under which the plan was kept, or is from now on. */
  planKey?: string;
}

/** What a request with its plan needs to become a recovery. */
export type StartPorts = Pick<RecoverPorts, 'store' | 'dispatcher' | 'services' | 'recoveryTimeoutMs'> & {
  policy: Pick<RecoverPorts['policy'], 'expiresMs'>;
  recoveryPolicies: Pick<RecoverPorts['recoveryPolicies'], 'get'>;
};

/** Stores it as a recovery and wakes the workers; or tells of the other one that the service has by now. */
export async function start(
  asked: Asked,
  ports: StartPorts,
): Promise<{ started: Started; other?: never } | { started?: never; other: Recovery }> {
  const draft = draftOf(asked, await retryFor(asked.service, ports), ports);
  const { recovery, steps } = await ports.store.create(draft);
  if (!steps) return { other: recovery };
  if (draft.state === 'SCHEDULED') ports.dispatcher.wake(recovery);
  ports.dispatcher.changed(recovery.id);
  return { started: { snapshot: { recovery, steps }, created: true } };
}

async function join(running: Recovery, digest: string, ports: RecoverPorts): Promise<Started> {
  if (running.requestDigest === digest) {
    const snapshot = await ports.store.load(running.id);
    if (snapshot) return { snapshot, created: false };
  }
  throw await underWay(running, ports);
}

/** The refusal that names what runs already. */
export async function underWay(running: Recovery, ports: Pick<RecoverPorts, 'store'>): Promise<UserError> {
  const place = (await ports.store.queuePlaces(running.id)).get(running.id);
  const where = place ? `, number ${place} in the queue` : '';
  const name = recoveryName(running.id);
  return new UserError(
    'conflict',
    `${running.service} is being recovered by ${name} (${running.plan.name}, ${running.state}${where}, asked by ${running.requestedBy}). ` +
      `Wait for it, or cancel it first: cancel ${name}.`,
    { recovery: name, state: running.state, queue_place: place, plan: running.plan.name },
    {
      kind: 'under_way',
      recovery: name,
      service: running.service,
      plan: running.plan.name,
      state: running.state,
      place,
      by: running.requestedBy,
    },
  );
}

/** Nothing is wrong: people agree when they have the time. */
const DRILL_EXPIRES_MS = 4 * 3_600_000;

function draftOf(asked: Asked, given: RetryPolicy, ports: StartPorts): RecoveryDraft {
  const { request, plan, service, who, origin, requestDigest: digest, incidentId, retryOf, planKey } = asked;
  const priority = request.priority ?? service.priority;
  if (!Number.isInteger(priority) || priority < 1 || priority > 10)
    throw new InvalidInput('priority', priority, 'a whole number from 1 (first) to 10 (last)');
  // A drill that failed is not begun anew by itself: that would break the service once more.
  const retry = plan.drill ? NO_RETRY : given;
  const expiresMs = plan.drill ? Math.max(ports.policy.expiresMs, DRILL_EXPIRES_MS) : ports.policy.expiresMs;
  const approval = plan.policy.need > 0 ? question(plan.policy, plan.digest, null, expiresMs) : null;
  const manual = retry.strategy === 'manual';
  const state = approval ? 'AWAITING_APPROVAL' : manual ? 'AWAITING_MANUAL' : 'SCHEDULED';
  const about = { service: service.name, plan: plan.name, digest: plan.digest, risk: plan.risk };
  const events: NewEvent[] = [
    {
      kind: 'recovery.created',
      actor: who.name,
      data: {
        ...about,
        kind: plan.kind,
        drill: plan.drill,
        reason: request.reason && redact(request.reason),
        via: who.via,
      },
    },
  ];
  if (approval)
    events.push({
      kind: 'approval.asked',
      actor: 'reviver',
      data: { ...about, approval: approval.id, need: approval.need, role: approval.role },
    });
  return {
    service: service.name,
    state,
    plan,
    requestDigest: digest,
    incidentId,
    ...(planKey === undefined ? {} : { planKey }),
    requestedBy: who.name,
    reason: redact(request.reason ?? ''),
    origin: who.owner === undefined ? origin : { ...origin, owner: who.owner },
    priority,
    claims: claimOrder([service.name, ...plan.steps.flatMap((step) => step.services)], ports.services()),
    retry,
    timeoutMs: plan.timeoutMs ?? ports.recoveryTimeoutMs,
    wakeInMs: approval ? expiresMs : manual ? null : 0,
    retryOf,
    approval,
    events,
    effects: [],
  };
}
