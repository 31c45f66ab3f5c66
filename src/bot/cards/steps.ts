import type { RecoveryView } from '../../engine/engine.js';
import { formatDuration } from '../../engine/model/duration.js';
import type { RecoveryStep, StepState } from '../../engine/model/recovery.js';
import type { CardStep } from '../port.js';
import { about, dotted, oneLine } from './words.js';

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

/** Rows of the card: the plan's steps, and below them the undo steps that are not finished. */
export function stepRows(view: RecoveryView): CardStep[] {
  const undone = new Set(
    undoing(view)
      .filter((step) => step.state === 'succeeded')
      .map((step) => step.undoes),
  );
  const rows = planned(view).map((step) => ({
    ...row(step, view),
    number: stepNumber(step),
    ...(undone.has(step.position) ? { icon: 'undone' as const, note: 'undone' } : {}),
  }));
  return [
    ...rows,
    ...undoing(view)
      .filter((step) => step.state !== 'succeeded')
      .map((step) => row(step, view)),
  ];
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

const NOTES: Record<StepState, (step: RecoveryStep, view: RecoveryView) => string | undefined> = {
  pending: (step, view) => {
    if (step.nextAttemptAt) return `tried ${times(step.attempts)}, next in ${about(+step.nextAttemptAt - +view.at)}`;
    return isGate(step, view) ? 'needs approval' : undefined;
  },
  running: (step, view) => dotted(elapsed(step.startedAt, view.at), step.attempts > 1 && `attempt ${step.attempts}`),
  succeeded: (step) =>
    dotted(elapsed(step.startedAt, step.endedAt), step.result?.summary && oneLine(step.result.summary, 80)),
  failed: (step) => `failed${step.attempts > 1 ? ` ${times(step.attempts)}` : ''}`,
  skipped: (step) => `skipped${step.result?.summary ? `: ${oneLine(step.result.summary, 80)}` : ''}`,
  unknown: () => 'outcome unknown',
  cancelled: () => 'stopped, no effect',
};

function row(step: RecoveryStep, view: RecoveryView): CardStep {
  const icon = step.state === 'pending' && isGate(step, view) ? 'gate' : ICONS[step.state];
  const note = NOTES[step.state](step, view);
  return { icon, text: oneLine(step.name, 120), ...(note ? { note } : {}) };
}

/** The step on whose account people are asked now. */
function isGate(step: RecoveryStep, view: RecoveryView): boolean {
  const open = view.approvals.find((approval) => approval.state === 'pending');
  if (!open || step.kind === 'undo') return false;
  if (open.step !== null) return open.step === step.position;
  const riskiest = Math.max(...planned(view).map((candidate) => candidate.risk));
  return step.approval === 'always' || (riskiest > 0 && step.risk === riskiest);
}

function elapsed(from: Date | null, to: Date | null): string | undefined {
  return from && to ? formatDuration(+to - +from) : undefined;
}

export function times(n: number): string {
  if (n === 1) return 'once';
  return n === 2 ? 'twice' : `${n} times`;
}
