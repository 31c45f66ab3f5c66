import type { PlannedStep } from '../model/plan.js';
import { RISKY } from '../planner/risk.js';

/** What a look at reality tells about a step that a worker died in (D4). */
export const SEEN = ['done', 'not_done', 'unknown'] as const;
export type Seen = (typeof SEEN)[number];

/**
 * What goes wrong, in one step of a plan.
 *
 * fails         every attempt fails, and leaves its whole effect: the worst that a failure can leave
 * verify_fails  the step does what it should, and its `verify` says no
 * undo_fails    a later step fails, and what undoes this one fails too
 * crash         the worker dies inside it; then reality is looked at, and this is what is seen
 */
export type Fault =
  | { kind: 'none' }
  | { kind: 'fails' | 'verify_fails' | 'undo_fails'; step: string }
  | { kind: 'crash'; step: string; seen: Seen };

/** What a step's action can do. */
export interface Abilities {
  /** Tell after a crash whether it was done. */
  looks(step: PlannedStep): boolean;
  undoes(step: PlannedStep): boolean;
}

/** Everything that a rehearsal lets go wrong, step by step. */
export function faultsOf(steps: readonly PlannedStep[], { looks, undoes }: Abilities): Fault[] {
  const own = steps.flatMap((step): Fault[] => [
    { kind: 'fails', step: step.id },
    ...(step.verify ? [{ kind: 'verify_fails' as const, step: step.id }] : []),
    ...crashes(step, looks(step)),
    ...(step.id !== steps.at(-1)?.id && undoes(step) ? [{ kind: 'undo_fails' as const, step: step.id }] : []),
  ]);
  return [{ kind: 'none' }, ...own];
}

/** A step that only looks is looked at again: how its crash is seen makes no difference. */
function crashes(step: PlannedStep, looks: boolean): Fault[] {
  const crash = (seen: Seen): Fault => ({ kind: 'crash', step: step.id, seen });
  if (!acts(step)) return [crash('not_done')];
  return step.verify || looks ? SEEN.map(crash) : [crash('unknown')];
}

/** False for a step that only looks, waits or tells. */
export function acts(step: Pick<PlannedStep, 'risk'>): boolean {
  return step.risk > 0;
}

/** What nobody should leave behind without having said so. */
export function isRisky(step: Pick<PlannedStep, 'risk'>): boolean {
  return step.risk >= RISKY;
}

const SEEN_WORDS: Record<Seen, string> = { done: 'was done', not_done: 'not done', unknown: 'unknown' };

/** `fails`, `worker dies, was done`: for people. */
export function faultText(fault: Fault): string {
  if (fault.kind === 'none') return 'nothing goes wrong';
  if (fault.kind === 'crash') return `worker dies, ${SEEN_WORDS[fault.seen]}`;
  return { fails: 'fails', verify_fails: 'its verify fails', undo_fails: 'its undo fails' }[fault.kind];
}
