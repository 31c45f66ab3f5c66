import type { RecoveryView } from '../../engine/engine.js';
import { formatDuration } from '../../engine/model/duration.js';
import type { RecoveryStep } from '../../engine/model/recovery.js';
import type { Card } from '../port.js';
import { detailsButton, verbButtons } from './buttons.js';
import { elapsedMs, outcomeLine, people, progressLine, subject } from './recovery-facts.js';
import { planned, stepNumber, stepRows, undoing } from './steps.js';
import { about, dotted, oneLine, stepNumbers } from './words.js';

/** IN_PROGRESS */
export function runningCard(view: RecoveryView): Card {
  const steps = planned(view);
  const current = steps.filter((step) => step.state === 'running');
  const next = current.length > 0 ? current : steps.filter((step) => step.state === 'pending').slice(0, 1);
  const where =
    next.length > 0
      ? `${stepNumbers(next.map(stepNumber))} of ${steps.length}`
      : `all ${steps.length} steps done, verifying`;
  return {
    tone: 'running',
    title: dotted(
      subject(view),
      view.recovery.cancelBy ? `cancelling for ${view.recovery.cancelBy}` : where,
      formatDuration(elapsedMs(view)),
      people(view),
    ),
    lines: next.flatMap(lastError),
    steps: stepRows(view),
    buttons: [...verbButtons(view), detailsButton(view.recovery.id)],
  };
}

/** ROLLING_BACK */
export function rollingBackCard(view: RecoveryView): Card {
  const undo = undoing(view);
  const done = undo.filter((step) => step.state === 'succeeded').length;
  const where = `rolling back, ${Math.min(done + 1, undo.length)} of ${undo.length}`;
  return {
    tone: 'running',
    title: dotted(subject(view), where, formatDuration(elapsedMs(view)), people(view)),
    lines: [outcomeLine(view)].filter((line) => line !== undefined),
    steps: stepRows(view),
    buttons: [...verbButtons(view), detailsButton(view.recovery.id)],
  };
}

/** AWAITING_MANUAL: what is known, what was looked at, and what a person can say. */
export function manualCard(view: RecoveryView): Card {
  const unknown = view.steps.filter((step) => step.state === 'unknown');
  const stuck = unknown.length > 0 ? unknown : view.steps.filter((step) => step.state === 'failed');
  const what = unknown.length > 0 ? 'outcome unknown' : stuck.length > 0 ? 'stopped' : 'not begun';
  const why = outcomeLine(view) ?? 'It waits for a person to begin it: Retry does.';
  return {
    tone: 'attention',
    title: dotted(subject(view), what, 'needs a person', people(view)),
    lines: stuck.length > 0 ? stuck.flatMap((step) => evidence(step, view.at)) : [why],
    steps: stepRows(view),
    footer: [progressLine(view)],
    buttons: [...verbButtons(view), detailsButton(view.recovery.id)],
  };
}

function evidence(step: RecoveryStep, at: Date): string[] {
  const title = oneLine(step.name, 120);
  const name = step.kind === 'undo' ? `"${title}"` : `Step ${stepNumber(step)}, "${title}",`;
  const seen = oneLine(step.error?.message ?? 'nothing that could be looked at');
  if (step.state === 'failed') return [`${name} failed: ${seen}`];
  const began = step.startedAt ? ` began ${about(+at - +step.startedAt)} ago and` : '';
  return [`${name}${began} was interrupted. It is not known whether it took effect.`, `Looked at: ${seen}`];
}

function lastError(step: RecoveryStep): string[] {
  if (step.attempts === 0 || !step.error) return [];
  return [`Step ${stepNumber(step)}, attempt ${step.attempts}: ${oneLine(step.error.message)}`];
}
