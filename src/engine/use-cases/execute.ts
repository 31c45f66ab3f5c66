import { whatChanged } from '../approvals/what-changed.js';
import type { EnginePorts } from '../create-engine.js';
import type { ExecuteRequest, RecoverRequest, Started } from '../engine.js';
import { InvalidInput, NotFound, UserError } from '../model/errors.js';
import type { Principal } from '../model/person.js';
import type { Plan } from '../model/plan.js';
import { type Origin, recoveryName, type Snapshot } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import { findService } from '../planner/candidates.js';
import { requestDigest } from '../planner/digest.js';
import { sentCalls } from '../planner/sent-steps.js';
import type { KeptPlan } from '../ports.js';
import { requireRole } from './authorise.js';
import { drillGaveWay } from './give-way.js';
import { keep } from './propose.js';
import { type RecoverPorts, start, underWay } from './recover.js';

export interface ExecutePorts
  extends RecoverPorts,
    Pick<EnginePorts, 'plans' | 'actions' | 'backups' | 'stepAliases'> {}

/**
 * Runs a kept plan, or the steps that were sent, under the id that was sent: once, however often it is asked for. A kept plan
 * is planned anew from the present; when that gives another one, nothing runs and the refusal carries the new one (`stale`).
 */
export async function execute(
  request: ExecuteRequest,
  who: Principal,
  from: Origin,
  ports: ExecutePorts,
): Promise<Started> {
  requireRole(who, ['responder', 'bootstrap'], 'start a recovery');
  const origin = { ...from, request: `execute:${request.id}` };
  const earlier = await ports.store.requested(origin);
  if (earlier) return again(earlier, request);
  const kept = await ports.plans.kept(request.id);
  const wanted = kept && isWhole(request, kept) ? kept.request : ofSteps(request, kept, ports);
  const service = findService(wanted.service, ports.services());
  const running = await ports.store.active(service.name);
  if (running && !(await drillGaveWay(running, who, ports))) throw await underWay(running, ports);
  const { incidentId, incident } = kept
    ? { incidentId: kept.incidentId, incident: kept.plan.incident }
    : await openIncident(service.name, ports);
  const plan = await ports.makePlan(wanted, who, incident);
  if (kept && wanted === kept.request) await refuseStale(kept, plan, ports);
  const named = { ...wanted, ...said(request) };
  const asked = { request: named, plan, service, who, origin, incidentId, planKey: request.id, retryOf: null };
  const { started, other } = await start({ ...asked, requestDigest: requestDigest(wanted) }, ports);
  if (started) return started;
  if (other.origin.request !== origin.request) throw await underWay(other, ports);
  const twin = await ports.store.load(other.id);
  if (!twin) throw new Error(`recovery ${other.id} vanished after it was made`);
  return again(twin, request);
}

function said({ reason, priority }: ExecuteRequest): Pick<RecoverRequest, 'reason' | 'priority'> {
  return { ...(reason === undefined ? {} : { reason }), ...(priority === undefined ? {} : { priority }) };
}

function isWhole({ steps }: ExecuteRequest, { plan }: KeptPlan): boolean {
  return steps === undefined || sameLines(steps, plan);
}

/** Without Reviver's own look at the end, which nobody has to send. */
export function linesOf({ lines, steps }: Pick<Plan, 'lines' | 'steps'>): string[] {
  return lines?.filter((line) => line !== null) ?? steps.map(({ name }) => name);
}

function sameLines(sent: readonly string[], plan: Plan): boolean {
  const lines = linesOf(plan);
  return lines.length === sent.length && sent.every((text, at) => redact(text.trim()) === lines[at]);
}

/** The same id asks for the same steps; what became of them is the answer, also long after they have run. */
function again(snapshot: Snapshot, { id, steps }: ExecuteRequest): Started {
  const { recovery } = snapshot;
  if (steps !== undefined && !sameLines(steps, recovery.plan)) {
    const name = recoveryName(recovery.id);
    throw new UserError(
      'conflict',
      `The id "${redact(id)}" was used for other steps: ${name}. Nothing ran. Send these under another id.`,
      { recovery: name },
    );
  }
  return { snapshot, created: false };
}

function ofSteps(request: ExecuteRequest, kept: KeptPlan | undefined, ports: ExecutePorts): RecoverRequest {
  const { id, steps } = request;
  if (steps === undefined) throw new NotFound('plan', redact(id));
  const calls = sentCalls(steps, kept?.plan, ports);
  const service = request.service ?? kept?.plan.service ?? calls.flatMap(({ services }) => services)[0];
  if (service === undefined)
    throw new InvalidInput('service', undefined, 'the name of one, since none of the steps touches any');
  const [first] = calls;
  const name = `${first?.line?.slice(0, 60) ?? ''}${calls.length > 1 ? ` + ${calls.length - 1}` : ''}`;
  return { service, steps: { name, calls: calls.map(({ services: _, ...call }) => call), sent: true } };
}

async function openIncident(service: string, { incidents }: Pick<ExecutePorts, 'incidents'>) {
  const open = await incidents.openFor(service);
  if (!open) return { incidentId: null };
  return { incidentId: open.id, incident: { id: open.id, title: open.title, severity: open.severity } };
}

async function refuseStale(kept: KeptPlan, plan: Plan, ports: ExecutePorts): Promise<void> {
  const changed = whatChanged(kept.plan, plan);
  if (changed === undefined) return;
  const { key } = await keep({ ...kept, plan }, ports);
  throw new UserError(
    'stale',
    `The plan is not the one that it was: ${changed}. Nothing ran. Look at the new plan, and execute it by its id.`,
    {
      plan: { id: key, steps: linesOf(plan), risk_score: plan.riskScore, plan_digest: plan.digest },
    },
  );
}
