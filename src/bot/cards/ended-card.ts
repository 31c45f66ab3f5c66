import type { RecoveryView } from '../../engine/engine.js';
import { formatDuration } from '../../engine/model/duration.js';
import type { Button, Card } from '../port.js';
import { detailsButton, verbButtons } from './buttons.js';
import { elapsedMs, outcomeLine, people, progressLine, subject, totalMs, undoLine } from './recovery-facts.js';
import { planned, stepRows } from './steps.js';
import { alternative } from './waiting-card.js';
import { capital, dotted, oneLine } from './words.js';

/** SUCCEEDED, verified or not: the last word says how long people had to wait. */
export function succeededCard(view: RecoveryView): Card {
  const { service, unverified, activeMs } = view.recovery;
  const total = totalMs(view);
  const waited = total - activeMs >= 1_000 ? ` (${formatDuration(activeMs)} without waiting for people)` : '';
  const what = unverified
    ? `done in ${formatDuration(total)}${waited}, unverified`
    : `recovered in ${formatDuration(total)}${waited}`;
  const caution = `${service} has no health check: nobody has seen that it works.`;
  return {
    tone: unverified ? 'attention' : 'good',
    title: dotted(`${subject(view)} ${what}`, people(view)),
    lines: [...proofs(view), ...(unverified ? [caution] : [])],
    buttons: [...verbButtons(view), detailsButton(view.recovery.id)],
  };
}

export function failedCard(view: RecoveryView): Card {
  return {
    tone: 'failed',
    title: dotted(subject(view), 'failed', formatDuration(elapsedMs(view)), people(view)),
    lines: [outcomeLine(view), undoLine(view) ?? progressLine(view)].filter((line) => line !== undefined),
    steps: stepRows(view),
    ...nextBest(view),
  };
}

export function rolledBackCard(view: RecoveryView): Card {
  return {
    tone: 'failed',
    title: dotted(subject(view), 'rolled back', formatDuration(elapsedMs(view)), people(view)),
    lines: [outcomeLine(view), undoLine(view)].filter((line) => line !== undefined),
    ...nextBest(view),
  };
}

/** Words for a cancellation by its code; anything else says who did it. */
const CANCELLED: Record<string, (view: RecoveryView) => string> = {
  approval_expired: () => 'expired, nobody decided in time',
  rejected: (view) => `rejected by ${rejecter(view) ?? 'an approver'}`,
};

export function cancelledCard(view: RecoveryView): Card {
  const { outcome } = view.recovery;
  const what =
    CANCELLED[outcome?.code ?? '']?.(view) ?? (outcome?.message ? oneLine(outcome.message, 100) : 'cancelled');
  const touched = planned(view).some((step) => step.attempts > 0);
  return {
    tone: 'neutral',
    title: dotted(subject(view), what, `after ${formatDuration(totalMs(view))}`, people(view)),
    lines: [undoLine(view) ?? progressLine(view)],
    ...(touched ? { steps: stepRows(view) } : {}),
    buttons: [...verbButtons(view), detailsButton(view.recovery.id)],
  };
}

/** What the last steps reported: `PING answers, 1,204 keys`. */
function proofs(view: RecoveryView): string[] {
  const last = planned(view)
    .filter((step) => step.state === 'succeeded' && step.result?.summary)
    .at(-1);
  const summary = last?.result?.summary;
  const said = outcomeLine(view);
  return [...(summary ? [capital(oneLine(summary, 200))] : []), ...(said ? [said] : [])];
}

function nextBest(view: RecoveryView): Pick<Card, 'footer' | 'buttons'> {
  const { id, service, plan } = view.recovery;
  const next = plan.alternatives[0];
  const option = next?.kind === 'strategy' ? '--strategy' : '--runbook';
  const other: Button[] = next
    ? [{ label: `Recover with ${next.name}`, command: `${service} ${option} ${next.name}` }]
    : [];
  return {
    ...(next ? { footer: [`Next: ${alternative(next)}.`] } : {}),
    buttons: [...other, ...verbButtons(view), detailsButton(id)],
  };
}

function rejecter(view: RecoveryView): string | undefined {
  return view.approvals.flatMap((approval) => approval.decisions).find((decision) => decision.verdict === 'reject')
    ?.principal;
}
