import type { RecoveryView } from '../../engine/engine.js';
import type { RecoveryStep, StepState } from '../../engine/model/recovery.js';
import { CONSTITUTION_BROKEN } from '../../engine/recovery/final-failures.js';
import { stuckSteps as waitingSteps } from '../../engine/recovery/person-moves.js';
import type { CardStep } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { dotted, oneField } from './words.js';

/** The number that people see; positions begin at 0. */
export function stepNumber(step: Pick<RecoveryStep, 'position'>): number {
  return step.position + 1;
}

export function planned(view: RecoveryView): RecoveryStep[] {
  return view.steps.filter((step) => step.kind === 'do').sort((a, b) => a.position - b.position);
}

export function undoing(view: RecoveryView): RecoveryStep[] {
  return view.steps.filter((step) => step.kind === 'undo').sort((a, b) => a.position - b.position);
}

/** What a person is waited for, the unknown ones before the failed. */
export function stuckSteps(view: RecoveryView): RecoveryStep[] {
  const stuck = waitingSteps(view.steps);
  return [...stuck.filter(({ state }) => state === 'unknown'), ...stuck.filter(({ state }) => state !== 'unknown')];
}

/** What a step is called; undo steps were named by the engine. */
export function stepName(step: RecoveryStep, words: Words): string {
  return oneField(step.kind === 'undo' ? retold(words, step.name) : step.name);
}

/** Positions of the steps whose undo has succeeded. */
export function undonePositions(view: RecoveryView): ReadonlySet<number | null> {
  const done = undoing(view).filter((step) => step.state === 'succeeded');
  return new Set(done.map((step) => step.undoes));
}

/** Rows of the card: the plan's steps, and below them the undo steps that are not finished. */
export function stepRows(view: RecoveryView, words: Words): CardStep[] {
  const undone = undonePositions(view);
  const rows = planned(view).map((step) => ({
    ...row(step, view, words),
    number: stepNumber(step),
    ...(undone.has(step.position) ? { icon: 'undone' as const, note: words.steps.undone } : {}),
  }));
  const undo = undoing(view).filter((step) => step.state !== 'succeeded');
  return [...rows, ...undo.map((step) => row(step, view, words))];
}

const ICONS: Record<StepState, CardStep['icon']> = {
  pending: 'pending',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'unknown',
  cancelled: 'cancelled',
};

type Note = (step: RecoveryStep, view: RecoveryView, words: Words) => string | undefined;

const NOTES: Record<StepState, Note> = {
  pending: (step, view, { steps }) => {
    if (step.nextAttemptAt) return steps.between(step.attempts, +step.nextAttemptAt - +view.at);
    return isGate(step, view) ? steps.needsApproval : undefined;
  },
  running: (step, view, words) =>
    dotted(elapsed(step.startedAt, view.at, words), step.attempts > 1 && words.steps.attempt(step.attempts)),
  succeeded: (step, _, words) => dotted(elapsed(step.startedAt, step.endedAt, words), summary(step, words)),
  failed: (step, _, { steps, running }) =>
    step.error?.code === CONSTITUTION_BROKEN ? running.stuck.not_begun : steps.failed(step.attempts),
  skipped: (step, _, words) => words.steps.skipped(summary(step, words)),
  unknown: (_step, _view, { steps }) => steps.ended.unknown,
  cancelled: (_step, _view, { steps }) => steps.ended.cancelled,
};

function row(step: RecoveryStep, view: RecoveryView, words: Words): CardStep {
  const icon = step.state === 'pending' && isGate(step, view) ? 'gate' : ICONS[step.state];
  const note = NOTES[step.state](step, view, words);
  return { icon, text: stepName(step, words), ...(note ? { note } : {}) };
}

/** What the step reported, as `1,204 keys`. */
export function summary(step: RecoveryStep, words: Words, max = 80): string {
  return oneField(retold(words, step.result?.summary ?? ''), max);
}

/** The step on whose account people are asked now. */
function isGate(step: RecoveryStep, view: RecoveryView): boolean {
  const open = view.approvals.find((approval) => approval.state === 'pending');
  if (!open || step.kind === 'undo') return false;
  if (open.step !== null) return open.step === step.position;
  const riskiest = Math.max(...planned(view).map((candidate) => candidate.risk));
  return step.approval === 'always' || (riskiest > 0 && step.risk === riskiest);
}

function elapsed(from: Date | null, to: Date | null, { measures }: Words): string | undefined {
  return from && to ? measures.exact(+to - +from) : undefined;
}
