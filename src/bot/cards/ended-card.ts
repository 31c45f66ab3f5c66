import type { RecoveryView } from '../../engine/engine.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { drillTimes } from '../../engine/recovery/drill-times.js';
import { DRILL_ABORTED } from '../../engine/recovery/stop.js';
import type { Button, Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { detailsButton, ratingButtons, verbButtons } from './buttons.js';
import { parentCard } from './parent-card.js';
import {
  alternative,
  elapsedMs,
  outcomeLine,
  people,
  progressLine,
  subject,
  successorLine,
  totalMs,
  undoLine,
} from './recovery-facts.js';
import { planned, stepRows, summary } from './steps.js';
import { capital, dotted, oneField } from './words.js';

/** SUCCEEDED, verified or not: the title says how much of the time people had to be waited for. */
export function succeededCard(view: RecoveryView, words: Words): Card {
  const { service, unverified, activeMs } = view.recovery;
  const total = totalMs(view);
  const say = unverified ? words.ended.unverified : words.ended.recovered;
  const what = say(total, total - activeMs >= 1_000 ? activeMs : undefined);
  return parentCard(
    {
      tone: unverified ? 'attention' : 'good',
      title: dotted(`${subject(view)} ${what}`, people(view, words)),
      lines: [
        ...drillResult(view, words),
        ...proofs(view, words),
        ...(unverified ? [words.ended.nobodyChecks(service)] : []),
      ],
      footer: [didThisHelp(view, words)],
      buttons: [...ratingButtons(view.recovery.id), ...verbButtons(view, words), detailsButton(view.recovery.id)],
    },
    words,
  );
}

export function failedCard(view: RecoveryView, words: Words): Card {
  const lines = [
    outcomeLine(view, words),
    undoLine(view, words) ?? progressLine(view, words),
    successorLine(view, words),
  ];
  return parentCard(
    {
      tone: 'failed',
      title: endTitle(view, words, words.ended.failed),
      lines: lines.filter((line) => line !== undefined),
      steps: stepRows(view, words),
      ...nextBest(view, words),
    },
    words,
  );
}

export function rolledBackCard(view: RecoveryView, words: Words): Card {
  return parentCard(
    {
      tone: 'failed',
      title: endTitle(view, words, words.ended.rolledBack),
      lines: [aborted(view, words), outcomeLine(view, words), undoLine(view, words), successorLine(view, words)].filter(
        (line) => line !== undefined,
      ),
      ...nextBest(view, words),
    },
    words,
  );
}

/** Words for a cancellation by its code; anything else is told as the engine did. */
const CANCELLED: Record<string, (view: RecoveryView, words: Words) => string> = {
  approval_expired: (_view, { ended }) => ended.expired,
  rejected: (view, { ended }) => ended.rejected(rejecter(view)),
};

export function cancelledCard(view: RecoveryView, words: Words): Card {
  const { code = '', message = '' } = view.recovery.outcome ?? {};
  const told = oneField(retold(words, message), 160);
  const what = Object.hasOwn(CANCELLED, code) ? CANCELLED[code]?.(view, words) : told || words.ended.cancelled;
  const touched = planned(view).some((step) => step.attempts > 0);
  return parentCard(
    {
      tone: 'neutral',
      title: dotted(subject(view), what, words.ended.after(totalMs(view)), people(view, words)),
      lines: [undoLine(view, words) ?? progressLine(view, words), successorLine(view, words)].filter(
        (line) => line !== undefined,
      ),
      ...(touched ? { steps: stepRows(view, words) } : {}),
      buttons: [...newer(view), ...verbButtons(view, words), detailsButton(view.recovery.id)],
    },
    words,
  );
}

/** What was asked anew is decided there. */
function newer({ successor }: RecoveryView): Button[] {
  if (successor === undefined) return [];
  const name = recoveryName(successor);
  return [{ label: `Details ${name}`, command: `status ${name}`, style: 'primary' }];
}

function aborted({ recovery: { outcome } }: RecoveryView, { drill }: Words): string | undefined {
  return outcome?.code === DRILL_ABORTED ? drill.aborted : undefined;
}

function drillResult(view: RecoveryView, { drill }: Words): string[] {
  const { toNoticeMs, toRecoverMs } = drillTimes(view) ?? {};
  if (toNoticeMs === undefined || toRecoverMs === undefined) return [];
  return [drill.times(view.recovery.plan.name, { toNoticeMs, toRecoverMs })];
}

/** Each person's vote, which can be changed. */
function didThisHelp({ feedback: { ratings } }: RecoveryView, words: Words): string {
  const who = (helped: boolean) =>
    ratings.filter((rating) => rating.helped === helped).map(({ person }) => oneField(person, 60));
  return words.ended.didThisHelp(who(true), who(false));
}

function endTitle(view: RecoveryView, words: Words, state: string): string {
  return dotted(subject(view), state, words.measures.exact(elapsedMs(view)), people(view, words));
}

/** What the last steps reported: `PING answers, 1,204 keys`. */
function proofs(view: RecoveryView, words: Words): string[] {
  const last = planned(view)
    .filter((step) => step.state === 'succeeded' && step.result?.summary)
    .at(-1);
  const proof = last && summary(last, words, 200);
  return [proof && capital(proof), outcomeLine(view, words)].filter((line): line is string => Boolean(line));
}

function nextBest(view: RecoveryView, words: Words): Pick<Card, 'footer' | 'buttons'> {
  const { id, service, plan } = view.recovery;
  // What a drill broke runs again.
  const next = plan.drill ? undefined : plan.alternatives[0];
  const option = next?.kind === 'strategy' ? '--strategy' : '--runbook';
  const other: Button[] = next
    ? [{ label: `Recover with ${next.name}`, command: `${service} ${option} ${next.name}` }]
    : [];
  return {
    ...(next ? { footer: [words.ended.next(alternative(next, words))] } : {}),
    buttons: [...other, ...verbButtons(view, words), detailsButton(id)],
  };
}

function rejecter(view: RecoveryView): string | undefined {
  const decisions = view.approvals.flatMap((approval) => approval.decisions);
  const by = decisions.find((decision) => decision.verdict === 'reject')?.principal;
  return by && oneField(by, 60);
}
