import { ActionError } from '../actions/action.js';
import { question } from '../approvals/question.js';
import { lostQuorum, votes } from '../approvals/still-held.js';
import { targetChange } from '../approvals/what-changed.js';
import type { Approval, StepDetail } from '../model/approval.js';
import { UserError } from '../model/errors.js';
import type { Person } from '../model/person.js';
import type { ActionCall, TargetState } from '../model/plan.js';
import type { Recovery, RecoveryStep, Snapshot } from '../model/recovery.js';
import { canonicalJson, isIntact, stepDigest } from '../planner/digest.js';
import { holds } from '../planner/expressions.js';
import type { CONSTITUTION_BROKEN } from './final-failures.js';
import { hasBegun } from './frontier.js';
import { ask, event, type Move, moveTo, setRecovery } from './move.js';
import { askAnew } from './person-moves.js';
import type { Gate } from './runner.js';
import type { UndoOf } from './undo.js';

export interface Refusal {
  code: 'constitution' | typeof CONSTITUTION_BROKEN;
  message: string;
}

export interface GatePorts {
  observe(services: string[]): Promise<TargetState[]>;
  /** Refuses when a rule that nothing may override forbids the step, or those rules are not the pinned ones. */
  constitution(step: RecoveryStep, snapshot: Snapshot): Promise<Refusal | undefined>;
  undoOf: UndoOf;
  approvalExpiresMs: number;
  approval(id: string): Promise<Approval | undefined>;
  people: readonly Person[];
  /** What a step that is asked for by itself would do, as far as only its action knows, now. */
  detail(snapshot: Snapshot, step: RecoveryStep): Promise<StepDetail | undefined>;
}

/**
 * What must hold right before a step begins: the stored plan is the one that its digest names, the constitution allows
 * it, its condition is true, its targets are as they were shown, and it is approved where it needs to be.
 */
export function createGate(ports: GatePorts): (snapshot: Snapshot, step: RecoveryStep) => Promise<Gate> {
  return async (snapshot, step) => {
    const { recovery } = snapshot;
    if (!isIntact(snapshot)) return refuse('tampered', 'the stored plan is not the one that was decided on');
    const forbidden = await ports.constitution(step, snapshot);
    if (forbidden) return { pass: false, refuse: forbidden };
    if (step.kind === 'undo') return undoes(step, snapshot, ports.undoOf);
    if (recovery.plan.policy.need > 0 && recovery.approvalId === null)
      return refuse('unapproved', 'nobody was asked about this plan, although its policy says so');
    const lost = await lostVotes(snapshot, step, ports);
    if (lost) return lost;
    const condition = step.when ? await needed(step.when, step, snapshot) : undefined;
    if (condition) return condition;
    const changed = recovery.plan.policy.need > 0 ? await drift(snapshot, step, ports) : undefined;
    if (changed) {
      if (snapshot.steps.some(hasBegun)) return refuse('target_changed', changed);
      return { pass: false, turn: (m, now) => askAnew(m, changed, now) };
    }
    return step.approval === 'always' && step.attempts === 0 ? asked(snapshot, step, ports) : { pass: true };
  };
}

/** Undo steps are in no digest: each must be what undoes its step, judged from that one's input and before-state. */
function undoes(step: RecoveryStep, { steps }: Snapshot, undoOf: UndoOf): Gate {
  const undone = steps.find(({ kind, position }) => kind === 'do' && position === step.undoes);
  const call = undone && undoOf(undone);
  const same = ({ action, input }: ActionCall) => canonicalJson({ action, input });
  if (call && same(call) === same(step)) return { pass: true };
  return refuse('tampered', 'it is not what undoes its step: the stored step was edited. It was not begun');
}

/** What was approved is what would be done now, to the last fact; else people are asked first, or the step fails. */
async function asked(snapshot: Snapshot, step: RecoveryStep, ports: GatePorts): Promise<Gate> {
  const detail = await ports.detail(snapshot, step).catch((error: unknown) => {
    if (error instanceof ActionError) return error;
    throw error;
  });
  if (detail instanceof ActionError) return refuse(detail.options.code ?? 'cannot_begin', detail.message);
  if (!step.approvalId)
    return { pass: false, turn: (m, now) => askForStep(m, step, detail, ports.approvalExpiresMs, now) };
  const approval = await ports.approval(step.approvalId);
  const digest = stepDigest(snapshot.recovery.planDigest, step, detail?.facts);
  if (approval && approval.digest !== digest) return refuse('detail_changed', changedSince(approval.detail, detail));
  return detail ? { pass: true, facts: detail.facts } : { pass: true };
}

function changedSince(approved: StepDetail | undefined, now: StepDetail | undefined): string {
  const names = new Set([...Object.keys(approved?.facts ?? {}), ...Object.keys(now?.facts ?? {})]);
  const said = (detail: StepDetail | undefined, name: string) => JSON.stringify(detail?.facts[name] ?? null);
  const differences = [...names].filter((name) => said(approved, name) !== said(now, name));
  return `what it would do is not what was approved: ${differences.join(', ')} changed since. Nothing was changed; retry the recovery, and it is asked anew`;
}

/** Whoever lost the role between the decision and the start has not approved: before anything ran, it is asked anew. */
async function lostVotes(
  { recovery, steps }: Snapshot,
  step: RecoveryStep,
  ports: GatePorts,
): Promise<Gate | undefined> {
  const ofPlan = steps.some(hasBegun) ? null : recovery.approvalId;
  const asked = step.attempts === 0 ? (step.approvalId ?? ofPlan) : null;
  const approval = asked === null ? undefined : await ports.approval(asked);
  const forged = approval && ofPlan === asked ? notAnAnswer(approval, recovery) : undefined;
  if (forged) return refuse('tampered', forged);
  const lost = approval && lostQuorum(approval, ports.people);
  if (!lost) return undefined;
  const why = `${lost} may not approve it any more`;
  if (steps.some(hasBegun)) return refuse('unapproved', why);
  return { pass: false, turn: (m, now) => askAnew(m, why, now) };
}

/** The row of an approval is believed only as far as the plan, whose digest was checked, asks for no more. */
function notAnAnswer(
  approval: Approval,
  { planDigest, plan: { policy }, requestedBy, id }: Recovery,
): string | undefined {
  const { digest, need, decisions, recoveryId } = approval;
  const others = new Set(votes(approval).map(({ principal }) => principal)).size === votes(approval).length;
  const own = decisions.some(({ principal, verdict }) => verdict === 'approve' && principal === requestedBy);
  if (recoveryId === id && digest === planDigest && need >= policy.need && others && !own) return undefined;
  return 'the stored approval is not an answer about this plan: it was edited. Nothing ran';
}

/** A condition that cannot be judged fails its step: skipping it, or running it all the same, would be a guess. */
async function needed(when: string, step: RecoveryStep, snapshot: Snapshot): Promise<Gate | undefined> {
  try {
    return (await holds(when, facts(snapshot, step), `${step.id}.when`))
      ? undefined
      : { pass: false, skip: `not needed: ${when}` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return refuse('bad_condition', error.message);
  }
}

/** Compares the step's targets with the ones shown, until the plan, perhaps in an earlier attempt, has touched them itself. */
async function drift(snapshot: Snapshot, step: RecoveryStep, ports: GatePorts): Promise<string | undefined> {
  if (snapshot.recovery.attempts > 1) return undefined;
  const touched = new Set(snapshot.steps.filter(hasBegun).flatMap((other) => other.services));
  const shown = snapshot.recovery.plan.targets.filter(
    ({ service }) => step.services.includes(service) && !touched.has(service),
  );
  if (shown.length === 0) return undefined;
  const present = await ports.observe(shown.map(({ service }) => service));
  return shown
    .map((was) =>
      targetChange(
        was,
        present.find(({ service }) => service === was.service),
      ),
    )
    .find((change) => change !== undefined);
}

function askForStep(m: Move, step: RecoveryStep, detail: StepDetail | undefined, expiresInMs: number, now: Date): Move {
  const { planDigest, plan } = m.after.recovery;
  const digest = stepDigest(planDigest, step, detail?.facts);
  const draft = { ...question(plan.policy, digest, step.position, expiresInMs), ...(detail ? { detail } : {}) };
  const waiting = ask(moveTo(m, 'AWAITING_APPROVAL', now), draft);
  const noted = setRecovery(waiting, { wakeAt: new Date(now.getTime() + expiresInMs) });
  return event(noted, 'approval.asked', 'reviver', {
    approval: draft.id,
    step: step.position,
    name: step.name,
    need: draft.need,
    role: draft.role,
  });
}

/** A step that a runbook within the runbook brought in sees that one's parameters, and its steps by their own ids. */
function facts({ recovery, steps }: Snapshot, { scope }: RecoveryStep): Record<string, unknown> {
  const own = scope ? steps.filter(({ id }) => id.startsWith(scope.prefix)) : steps;
  return {
    service: { name: scope?.service ?? recovery.service },
    params: scope?.params ?? recovery.plan.params,
    incident: { ...recovery.plan.incident, id: recovery.incidentId },
    steps: Object.fromEntries(
      own.map(({ id, state, result }) => [id.slice(scope?.prefix.length ?? 0), { state, result: result ?? {} }]),
    ),
  };
}

function refuse(code: string, message: string): Gate {
  return { pass: false, refuse: { code, message } };
}
