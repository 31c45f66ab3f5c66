import type { RecoveryView } from '../../engine/engine.js';
import type { Approval } from '../../engine/model/approval.js';
import { isTerminal, type RecoveryStep, recoveryName } from '../../engine/model/recovery.js';
import { planned, stepNumber, undoing } from './steps.js';
import { capital, dotted, enumerate, oneLine, stepNumbers } from './words.js';

/** `R-41 · redis` */
export function subject(view: RecoveryView): string {
  return dotted(recoveryName(view.recovery.id), view.recovery.service);
}

/** `Ann, approved by Lee` */
export function people(view: RecoveryView): string {
  const approvers = new Set(
    view.approvals
      .filter((approval) => approval.state === 'approved' || approval.state === 'consumed')
      .flatMap((approval) => approval.decisions)
      .filter((decision) => decision.verdict === 'approve')
      .map((decision) => decision.principal),
  );
  const asked = oneLine(view.recovery.requestedBy, 60);
  return approvers.size === 0 ? asked : `${asked}, approved by ${enumerate([...approvers])}`;
}

export function openApproval(view: RecoveryView): Approval | undefined {
  return view.approvals.find((approval) => approval.state === 'pending');
}

/** `redis_outage — worked 9 of 10 times, median 12 s · risk 0.4: restores data` */
export function planLine(view: RecoveryView): string {
  const { plan } = view.recovery;
  const what = plan.explanation ? `${plan.name} — ${oneLine(plan.explanation)}` : plan.name;
  const why =
    plan.riskReasons.length > 0 ? `: ${plan.riskReasons.map((reason) => oneLine(reason, 100)).join(', ')}` : '';
  return dotted(what, `risk ${plan.risk}${why}`);
}

export function reasonLine(view: RecoveryView): string | undefined {
  const reason = oneLine(view.recovery.reason, 200);
  return reason ? `Reason: ${reason}` : undefined;
}

/** Milliseconds from the request to the end, or to now. */
export function totalMs(view: RecoveryView): number {
  return +(view.recovery.endedAt ?? view.at) - +view.recovery.createdAt;
}

/** Milliseconds since the first step could begin. */
export function elapsedMs(view: RecoveryView): number {
  return +(view.recovery.endedAt ?? view.at) - +(view.recovery.startedAt ?? view.recovery.createdAt);
}

const FINISHED = new Set(['succeeded', 'skipped']);

/** `Steps 1-2 are done. Step 4 has not started.` Undone steps are not counted as done. */
export function progressLine(view: RecoveryView): string {
  const undone = new Set(
    undoing(view)
      .filter((step) => step.state === 'succeeded')
      .map((step) => step.undoes),
  );
  const numbers = (keep: (step: RecoveryStep) => boolean) => planned(view).filter(keep).map(stepNumber);
  const done = numbers((step) => FINISHED.has(step.state) && !undone.has(step.position));
  const waiting = numbers((step) => step.state === 'pending' && step.attempts === 0);
  if (done.length === 0 && undone.size === 0 && waiting.length === planned(view).length) return 'Nothing was done.';
  const unknown = isTerminal(view.recovery.state) ? numbers((step) => step.state === 'unknown') : [];
  const sentences: string[] = [];
  if (unknown.length > 0)
    sentences.push(`It is not known whether ${stepNumbers(unknown)} took effect: look before you go on.`);
  if (done.length > 0) sentences.push(`${capital(stepNumbers(done))} ${done.length === 1 ? 'is' : 'are'} done.`);
  else if (unknown.length === 0) sentences.push(undone.size > 0 ? 'Nothing else was done.' : 'Nothing was done.');
  if (waiting.length > 0)
    sentences.push(`${capital(stepNumbers(waiting))} ${waiting.length === 1 ? 'has' : 'have'} not started.`);
  return sentences.join(' ');
}

/** `Undone: step 3, step 2. Step 1 needs no undo.` */
export function undoLine(view: RecoveryView): string | undefined {
  const undo = undoing(view);
  if (undo.length === 0) return undefined;
  const name = (position: number | null) => `step ${(position ?? 0) + 1}`;
  const done = undo.filter((step) => step.state === 'succeeded').map((step) => name(step.undoes));
  const failed = undo.filter((step) => step.state === 'failed').map((step) => name(step.undoes));
  const covered = new Set(undo.map((step) => step.undoes));
  const none = planned(view)
    .filter((step) => step.state === 'succeeded' && !covered.has(step.position))
    .map(stepNumber);
  return [
    done.length > 0 && `Undone: ${done.join(', ')}.`,
    failed.length > 0 && `Not undone: ${failed.join(', ')}.`,
    none.length > 0 && `${capital(stepNumbers(none))} ${none.length === 1 ? 'needs' : 'need'} no undo.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** Why it ended or waits, as the engine put it, as one sentence. */
export function outcomeLine(view: RecoveryView): string | undefined {
  const text = oneLine(view.recovery.outcome?.message ?? '');
  if (!text) return undefined;
  return /[.!?…]$/.test(text) ? capital(text) : `${capital(text)}.`;
}
