import type { RecoveryView } from '../../engine/engine.js';
import type { Approval } from '../../engine/model/approval.js';
import { recoveryName } from '../../engine/model/recovery.js';
import type { Button, Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { approvalButtons, detailsButton, verbButtons } from './buttons.js';
import { parentCard } from './parent-card.js';
import { alternative, drillLine, openApproval, people, planLine, reasonLine, subject } from './recovery-facts.js';
import { planned, stepNumber, stepRows } from './steps.js';
import { dotted, oneField, oneLine, shortDigest } from './words.js';

/** AWAITING_APPROVAL: what would happen, what it would cost, and, beside the buttons, who may say yes. */
export function approvalCard(view: RecoveryView, words: Words): Card {
  const approval = openApproval(view);
  if (!approval) return decidedCard(view, words);
  const details = detailsButton(view.recovery.id);
  const title = words.waiting.approval(stepOf(approval), votes(approval) + 1, approval.need);
  return parentCard(
    {
      tone: 'waiting',
      title: dotted(subject(view), title, people(view, words)),
      lines: [...news(view, words), ...whatAndWhy(view, words), ...detailLines(approval, words)],
      steps: stepRows(view, words),
      footer: [ifItFails(view, words), digestLine(view, approval, words), votesLine(approval, view, words)],
      buttons: view.wellSince
        ? [...prominent(verbButtons(view, words)), ...approvalButtons(view, approval, words), details]
        : [...approvalButtons(view, approval, words), details, ...verbButtons(view, words)],
    },
    words,
  );
}

/** SCHEDULED: waits for a slot, for another recovery's claim, or for its next attempt. */
export function scheduledCard(view: RecoveryView, words: Words): Card {
  return waitingCard(view, words, untilWhen(view, words));
}

/** In any state that only a worker can end: its pool has none, and the card says how to start one. */
export function noWorkerCard(view: RecoveryView, pool: string, words: Words): Card {
  const name = oneField(pool, 60);
  const { noWorker } = words.waiting;
  const lines = [noWorker.remedy(name), ...whatAndWhy(view, words)];
  return { ...waitingCard(view, words, noWorker.title(name), lines), tone: 'attention' };
}

/** Approved, and not yet taken up by the engine. */
function decidedCard(view: RecoveryView, words: Words): Card {
  return waitingCard(view, words, words.waiting.decided);
}

function waitingCard(view: RecoveryView, words: Words, state: string, lines = whatAndWhy(view, words)): Card {
  return parentCard(
    {
      tone: 'waiting',
      title: dotted(subject(view), state, people(view, words)),
      lines,
      steps: stepRows(view, words),
      buttons: [...verbButtons(view, words), detailsButton(view.recovery.id)],
    },
    words,
  );
}

function untilWhen({ recovery, queuePlace, at }: RecoveryView, { waiting }: Words): string {
  const { nextAttemptAt, attempts } = recovery;
  if (nextAttemptAt && nextAttemptAt > at) return waiting.attempt(attempts + 1, +nextAttemptAt - +at);
  return queuePlace ? waiting.queued(queuePlace) : waiting.aboutToStart;
}

/** What has changed since people were asked, before everything else. */
function news({ recovery, replaces, wellSince, at }: RecoveryView, words: Words): string[] {
  const { waiting } = words;
  return [
    wellSince && waiting.wellAgain(recovery.service, +at - +wellSince),
    replaces && waiting.replaces(recoveryName(replaces.recovery), oneField(retold(words, replaces.why), 300)),
  ].filter((line) => line !== undefined);
}

/** What is probably pressed next stands first, and looks like it. */
function prominent(buttons: readonly Button[]): Button[] {
  return buttons.map((button) => ({ ...button, style: 'primary' }));
}

function whatAndWhy(view: RecoveryView, words: Words): string[] {
  return [drillLine(view, words), planLine(view, words), reasonLine(view, words)].filter((line) => line !== undefined);
}

function detailLines({ detail }: Approval, words: Words): string[] {
  return (detail?.lines ?? []).map((line) => oneLine(retold(words, line), 150));
}

function stepOf({ step }: Approval): number | undefined {
  return step === null ? undefined : step + 1;
}

function votes(approval: Approval): number {
  return approval.decisions.filter((decision) => decision.verdict === 'approve').length;
}

function votesLine({ decisions, including }: Approval, { mayApprove }: RecoveryView, { waiting }: Words): string {
  const given = decisions.map(({ principal }) => oneField(principal, 60));
  return waiting.votes(given, mayApprove, including);
}

function ifItFails(view: RecoveryView, { waiting: { ifItFails: say } }: Words): string {
  const steps = planned(view);
  if (steps.every((step) => step.onFailure === 'stop')) return say.stops;
  const without = steps.filter((step) => step.rollback === null).map(stepNumber);
  return without.length === steps.length ? say.cannotUndo : say.undoes(without);
}

function digestLine(view: RecoveryView, approval: Approval, words: Words): string {
  const { waiting } = words;
  const others = view.recovery.plan.alternatives.slice(0, 3).map((other) => alternative(other, words));
  return dotted(
    waiting.digest(stepOf(approval), shortDigest(approval.digest)),
    waiting.expires(+approval.expiresAt - +view.at),
    others.length > 0 && waiting.otherPlans(others),
  );
}
