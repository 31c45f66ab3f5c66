import type { RecoveryView } from '../../engine/engine.js';
import type { RecoveryStep } from '../../engine/model/recovery.js';
import { CONSTITUTION_BROKEN } from '../../engine/recovery/final-failures.js';
import type { Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { detailsButton, verbButtons } from './buttons.js';
import { parentCard } from './parent-card.js';
import { drillLine, elapsedMs, outcomeLine, people, progressLine, subject } from './recovery-facts.js';
import { planned, stepName, stepNumber, stepRows, stuckSteps, undoing } from './steps.js';
import { dotted, oneField, oneLine, sentence } from './words.js';

const LONGEST_REASON = 900;

/** IN_PROGRESS */
export function runningCard(view: RecoveryView, words: Words): Card {
  const steps = planned(view);
  const current = steps.filter((step) => step.state === 'running');
  const next = current.length > 0 ? current : steps.filter((step) => step.state === 'pending').slice(0, 1);
  const { cancelBy } = view.recovery;
  const where =
    next.length > 0 ? words.running.at(next.map(stepNumber), steps.length) : words.running.verifying(steps.length);
  return parentCard(
    {
      tone: 'running',
      title: dotted(
        subject(view),
        cancelBy ? words.running.cancelling(oneField(cancelBy, 60)) : where,
        words.measures.exact(elapsedMs(view)),
        people(view, words),
      ),
      lines: [drillLine(view, words) ?? [], next.flatMap((step) => lastError(step, words))].flat(),
      steps: stepRows(view, words),
      buttons: [...verbButtons(view, words), detailsButton(view.recovery.id)],
    },
    words,
  );
}

/** ROLLING_BACK */
export function rollingBackCard(view: RecoveryView, words: Words): Card {
  const undo = undoing(view);
  const done = undo.filter((step) => step.state === 'succeeded').length;
  const where = words.running.rollingBack(Math.min(done + 1, undo.length), undo.length);
  return parentCard(
    {
      tone: 'running',
      title: dotted(subject(view), where, words.measures.exact(elapsedMs(view)), people(view, words)),
      lines: [outcomeLine(view, words)].filter((line) => line !== undefined),
      steps: stepRows(view, words),
      buttons: [...verbButtons(view, words), detailsButton(view.recovery.id)],
    },
    words,
  );
}

/** AWAITING_MANUAL: what is known, what was looked at, and what a person can say. */
export function manualCard(view: RecoveryView, words: Words): Card {
  const stuck = stuckSteps(view);
  const [first] = stuck;
  const what = first === undefined ? 'not_begun' : first.state === 'unknown' ? 'unknown' : 'stopped';
  const why = outcomeLine(view, words) ?? words.running.beginByRetry;
  return parentCard(
    {
      tone: 'attention',
      title: dotted(subject(view), words.running.stuck[what], words.running.needsPerson, people(view, words)),
      lines: isHeld(view)
        ? held(view, words)
        : stuck.length > 0
          ? stuck.flatMap((step) => evidence(step, view.at, words))
          : [why],
      steps: stepRows(view, words),
      footer: [progressLine(view, words)],
      buttons: [...verbButtons(view, words), detailsButton(view.recovery.id)],
    },
    words,
  );
}

/** The rules do not hold: what must be done about it comes before everything else, a line for each sentence. */
function held({ recovery }: RecoveryView, words: Words): string[] {
  return sentence(oneLine(retold(words, recovery.outcome?.message ?? ''), LONGEST_REASON)).split(/(?<=\.) (?=\p{Lu})/u);
}

function isHeld({ recovery }: RecoveryView): boolean {
  return recovery.outcome?.code === CONSTITUTION_BROKEN;
}

function evidence(step: RecoveryStep, at: Date, words: Words): string[] {
  const { running } = words;
  const name = stepName(step, words);
  const number = step.kind === 'undo' ? undefined : stepNumber(step);
  const seen = step.error ? oneLine(retold(words, step.error.message)) : undefined;
  if (step.state === 'failed') return [running.failed(number, name, seen ?? words.steps.failed(1))];
  const beganAgoMs = step.startedAt ? +at - +step.startedAt : undefined;
  return [running.interrupted(number, name, beganAgoMs), running.lookedAt(seen)];
}

function lastError(step: RecoveryStep, words: Words): string[] {
  if (step.attempts === 0 || !step.error) return [];
  return [words.running.lastError(stepNumber(step), step.attempts, oneLine(retold(words, step.error.message)))];
}
