import type { RecoveryView } from '../../engine/engine.js';
import type { Approval } from '../../engine/model/approval.js';
import type { Plan } from '../../engine/model/plan.js';
import { recoveryName } from '../../engine/model/recovery.js';
import type { Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { approvalButtons, verbButtons } from './buttons.js';
import { recoveryCard } from './recovery-card.js';
import {
  alternative,
  openApproval,
  outcomeLine,
  planLine,
  reasonLine,
  riskWords,
  successorLine,
} from './recovery-facts.js';
import { stepName, stepRows } from './steps.js';
import { dotted, oneField, oneLine, quotable, shortDigest } from './words.js';

/** What `Details` answers: the card's title with everything behind it. */
export function detailsCard(view: RecoveryView, words: Words, deadPool?: string): Card {
  const { recovery } = view;
  const { details } = words;
  const card = recoveryCard(view, words, deadPool);
  const asked = recovery.state === 'AWAITING_APPROVAL' ? openApproval(view) : undefined;
  const errors = view.steps
    .filter((step) => step.error)
    .map((step) => details.step(stepName(step, words), oneLine(retold(words, step.error?.message ?? ''))));
  return {
    tone: card.tone,
    title: card.title,
    lines: [
      deadPool && words.waiting.noWorker.remedy(oneField(deadPool, 60)),
      planLine(view, words),
      reasonLine(view, words),
      outcomeLine(view, words),
      ...errors,
      ...(asked?.detail?.lines ?? []).map((line) => oneLine(retold(words, line), 150)),
      successorLine(view, words),
      ...saidLines(view, words),
    ].filter((line) => line !== undefined),
    steps: stepRows(view, words),
    footer: [
      ...view.approvals.map((approval) => approvalLine(approval, words)),
      dotted(
        words.waiting.digest(undefined, shortDigest(recovery.planDigest)),
        details.priority(recovery.priority),
        details.askedAgo(+view.at - +recovery.createdAt),
        recovery.retryOf !== null && details.retryOf(recoveryName(recovery.retryOf)),
      ),
    ],
    buttons: [...(asked ? approvalButtons(view, asked, words) : []), ...verbButtons(view, words)],
  };
}

/**
 * What `why` answers: the evidence for a plan and for its risk, which rule decided and who did, and why not another one.
 * `view` is of the recovery that has the plan; absent: nobody has asked for it.
 */
export function whyCard(plan: Plan, now: Date, words: Words, view?: RecoveryView): Card {
  const { details } = words;
  return {
    tone: 'neutral',
    title: dotted(view && recoveryName(view.recovery.id), plan.service, details.why(plan.name)),
    lines: [
      view && outcomeLine(view, words),
      plan.explanation ? oneLine(retold(words, plan.explanation)) : details.noEvidence,
      ...(plan.evidence ?? []).map(({ recovery, succeeded, activeMs, at }) =>
        details.evidence(recoveryName(recovery), succeeded, activeMs, agoMs(at, now)),
      ),
      details.riskSentence(riskWords(plan, words)),
      details.policy(plan.policy.need, oneLine(plan.policy.rule, 120)),
      ...(view?.approvals ?? []).map((approval) => approvalLine(approval, words)),
      ...plan.alternatives.map((other) =>
        details.instead(alternative(other, words), other.whyNot && oneLine(other.whyNot, 200)),
      ),
      ...(view ? [successorLine(view, words), ...saidLines(view, words)] : []),
    ].filter((line) => line !== undefined),
    buttons: [],
  };
}

function agoMs(at: string, now: Date): number | undefined {
  const ms = +now - Date.parse(at);
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** What people say of it: votes in a line, notes in one each. */
function saidLines({ feedback: { ratings, notes }, at }: RecoveryView, { details }: Words): string[] {
  const who = (helped: boolean) =>
    ratings.filter((rating) => rating.helped === helped).map(({ person }) => oneField(person, 60));
  return [
    ...(ratings.length > 0 ? [details.ratings(who(true), who(false))] : []),
    ...notes.map((note) =>
      details.note(note.number, oneField(note.author, 60), Math.max(0, +at - +note.at), quotable(note.text, 1_000)),
    ),
  ];
}

function approvalLine(approval: Approval, { details, measures }: Words): string {
  const step = approval.step === null ? undefined : approval.step + 1;
  const by = approval.decisions.map((decision) =>
    details.decision(oneField(decision.principal, 60), decision.verdict, decision.via),
  );
  return dotted(
    details.approval(step, shortDigest(approval.digest), approval.state),
    by.length > 0 && measures.and(by),
  );
}
