import type { RecoveryView } from '../../engine/engine.js';
import type { Approval } from '../../engine/model/approval.js';
import type { Alternative, Plan } from '../../engine/model/plan.js';
import { isTerminal, type RecoveryStep, recoveryName } from '../../engine/model/recovery.js';
import { PLAN_CHANGED } from '../../engine/recovery/person-moves.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { planned, stepNumber, undoing, undonePositions } from './steps.js';
import { dotted, oneField, oneLine, quotable, sentence } from './words.js';

/** `R-41 · redis` */
export function subject(view: RecoveryView): string {
  return dotted(recoveryName(view.recovery.id), view.recovery.service);
}

/** `Ann, approved by Lee` */
export function people(view: RecoveryView, words: Words): string {
  const approvers = new Set(
    view.approvals
      .filter((approval) => approval.state === 'approved' || approval.state === 'consumed')
      .flatMap((approval) => approval.decisions)
      .filter((decision) => decision.verdict === 'approve')
      .map((decision) => oneField(decision.principal, 60)),
  );
  return words.facts.asked(oneField(view.recovery.requestedBy, 60), [...approvers]);
}

export function openApproval(view: RecoveryView): Approval | undefined {
  return view.approvals.find((approval) => approval.state === 'pending');
}

/** `redis_outage — worked 9 of 10 times, median 12 s · risk 0.4: restores data` */
export function planLine({ recovery: { plan } }: RecoveryView, words: Words): string {
  const what = plan.explanation ? `${plan.name} — ${oneField(retold(words, plan.explanation), 300)}` : plan.name;
  return dotted(what, riskWords(plan, words));
}

/** `risk 0.4: restores data, shop-web depends on it` */
export function riskWords({ risk, riskReasons }: Plan, words: Words): string {
  return words.facts.risk(
    risk,
    riskReasons.map((reason) => oneField(retold(words, reason), 100)),
  );
}

/** The blast radius, in the engine's words: `shop-web depends on it`. */
export function dependents({ riskReasons }: Plan, words: Words): string | undefined {
  const reason = riskReasons.find((candidate) => / depends? on it$/.test(candidate));
  return reason && oneField(retold(words, reason), 200);
}

export function alternative(other: Alternative, words: Words): string {
  return words.facts.alternative({ ...other, reason: oneField(other.reason, 60) });
}

export function reasonLine(view: RecoveryView, words: Words): string | undefined {
  const reason = quotable(retold(words, view.recovery.reason), 200);
  return reason ? words.facts.reason(reason) : undefined;
}

/** Whoever sees it must not take it for the real thing. */
export function drillLine({ recovery: { plan, service } }: RecoveryView, { drill }: Words): string | undefined {
  return plan.drill ? drill.onPurpose(service) : undefined;
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
export function progressLine(view: RecoveryView, { facts: { progress } }: Words): string {
  const undone = undonePositions(view);
  const numbers = (keep: (step: RecoveryStep) => boolean) => planned(view).filter(keep).map(stepNumber);
  const done = numbers((step) => FINISHED.has(step.state) && !undone.has(step.position));
  const waiting = numbers((step) => step.state === 'pending' && step.attempts === 0);
  if (done.length === 0 && undone.size === 0 && waiting.length === planned(view).length) return progress.nothing;
  const unknown = isTerminal(view.recovery.state) ? numbers((step) => step.state === 'unknown') : [];
  const sentences: string[] = [];
  if (unknown.length > 0) sentences.push(progress.notKnown(unknown));
  if (done.length > 0) sentences.push(progress.done(done));
  else if (unknown.length === 0) sentences.push(undone.size > 0 ? progress.nothingElse : progress.nothing);
  if (waiting.length > 0) sentences.push(progress.notStarted(waiting));
  return sentences.join(' ');
}

/** `Undone: step 3, step 2. Step 1 needs no undo.` */
export function undoLine(view: RecoveryView, { facts: { undo: say } }: Words): string | undefined {
  const undo = undoing(view);
  if (undo.length === 0) return undefined;
  const ended = (state: RecoveryStep['state']) =>
    undo.filter((step) => step.state === state).map((step) => (step.undoes ?? 0) + 1);
  const done = ended('succeeded');
  const failed = ended('failed');
  const covered = new Set(undo.map((step) => step.undoes));
  const none = planned(view)
    .filter((step) => step.state === 'succeeded' && !covered.has(step.position))
    .map(stepNumber);
  return [
    done.length > 0 && say.done(done),
    failed.length > 0 && say.failed(failed),
    none.length > 0 && say.notNeeded(none),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Where it goes on, when something took its place. */
export function successorLine({ recovery, successor }: RecoveryView, { ended }: Words): string | undefined {
  if (successor === undefined) return undefined;
  return ended.successor(recoveryName(successor), recovery.outcome?.code === PLAN_CHANGED);
}

/** Why it ended or waits, as the engine put it, as one sentence. */
export function outcomeLine(view: RecoveryView, words: Words): string | undefined {
  const text = oneLine(retold(words, view.recovery.outcome?.message ?? ''));
  return text ? sentence(text) : undefined;
}
