import type { RecoveryView } from '../../engine/engine.js';
import type { Approval } from '../../engine/model/approval.js';
import type { Alternative } from '../../engine/model/plan.js';
import type { Card } from '../port.js';
import { approvalButtons, detailsButton, verbButtons } from './buttons.js';
import { openApproval, people, planLine, reasonLine, subject } from './recovery-facts.js';
import { planned, stepNumber, stepRows } from './steps.js';
import { about, dotted, enumerate, oneLine, shortDigest } from './words.js';

/** AWAITING_APPROVAL: what would happen, what it would cost, and who may say yes. */
export function approvalCard(view: RecoveryView): Card {
  const approval = openApproval(view);
  if (!approval) return decidedCard(view);
  return {
    tone: 'waiting',
    title: dotted(
      subject(view),
      `waiting for approval${of(approval)} (${votes(approval) + 1} of ${approval.need})`,
      people(view),
    ),
    lines: [planLine(view), reasonLine(view)].filter((line) => line !== undefined),
    steps: stepRows(view),
    footer: [ifItFails(view), votesLine(approval, view), digestLine(view, approval)].filter(
      (line) => line !== undefined,
    ),
    buttons: [...approvalButtons(view, approval), detailsButton(view.recovery.id), ...verbButtons(view)],
  };
}

/** SCHEDULED: waits for a slot, for another recovery's claim, or for its next attempt. */
export function scheduledCard(view: RecoveryView): Card {
  const { nextAttemptAt, attempts } = view.recovery;
  const wait =
    nextAttemptAt && nextAttemptAt > view.at ? `attempt ${attempts + 1} in ${about(+nextAttemptAt - +view.at)}` : '';
  const place = view.queuePlace ? `queued, place ${view.queuePlace}` : 'about to start';
  return {
    tone: 'waiting',
    title: dotted(subject(view), wait || place, people(view)),
    lines: [planLine(view), reasonLine(view)].filter((line) => line !== undefined),
    steps: stepRows(view),
    buttons: [...verbButtons(view), detailsButton(view.recovery.id)],
  };
}

/** Approved, and not yet taken up by the engine. */
function decidedCard(view: RecoveryView): Card {
  return { ...scheduledCard(view), title: dotted(subject(view), 'decided, about to go on', people(view)) };
}

function of(approval: Approval): string {
  return approval.step === null ? '' : ` of step ${approval.step + 1}`;
}

function votes(approval: Approval): number {
  return approval.decisions.filter((decision) => decision.verdict === 'approve').length;
}

function votesLine(approval: Approval, view: RecoveryView): string | undefined {
  const given = approval.decisions.map((decision) => decision.principal);
  const lead = approval.including ? ` A ${approval.including} must be among those who do.` : '';
  const may =
    view.mayApprove.length > 0 ? `${enumerate(view.mayApprove, 'or')} can approve.${lead}` : 'Nobody here can approve.';
  return given.length > 0 ? `Approved so far: ${enumerate(given)}. ${may}` : may;
}

function ifItFails(view: RecoveryView): string {
  const steps = planned(view);
  if (steps.every((step) => step.onFailure === 'stop'))
    return 'If it fails: it stops there, nothing is undone, and people are called.';
  const without = steps.filter((step) => step.rollback === null).map(stepNumber);
  const except = without.length > 0 && without.length < steps.length ? ` (except ${without.join(', ')})` : '';
  if (without.length === steps.length) return 'If it fails: nothing can be undone, and people are called.';
  return `If it fails: finished steps are undone in reverse${except}; if that fails too, people are called.`;
}

function digestLine(view: RecoveryView, approval: Approval): string {
  const others = view.recovery.plan.alternatives.slice(0, 3).map(alternative);
  return dotted(
    `${approval.step === null ? 'plan' : `step ${approval.step + 1}`} ${shortDigest(approval.digest)}`,
    `expires in ${about(+approval.expiresAt - +view.at)}`,
    others.length > 0 && `other plans: ${others.join(', ')}`,
  );
}

export function alternative({ name, reason }: Alternative): string {
  return reason ? `${name} (${oneLine(reason, 60)})` : name;
}
