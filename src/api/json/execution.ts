import { z } from 'zod';
import type { RecoveryView } from '../../engine/engine.js';
import { isTerminal, type RecoveryStep } from '../../engine/model/recovery.js';
import { recoveryJson, toRecoveryJson } from './recovery.js';

export const executionJson = z.strictObject({
  success: z.boolean().nullable().describe('Whether it succeeded; null: that is not known yet'),
  logs: z.array(z.string()).describe('A line a step that has begun, such as "Executed: restart_service: web"'),
  id: z.string().describe('As it was sent'),
  recovery: recoveryJson,
});
export type ExecutionJson = z.infer<typeof executionJson>;

/** The planner document's ExecutionResult, with the recovery that it is the result of. */
export function toExecutionJson(id: string, view: RecoveryView): ExecutionJson {
  const { state } = view.recovery;
  return {
    success: isTerminal(state) ? state === 'SUCCEEDED' : null,
    logs: logLines(view),
    id,
    recovery: toRecoveryJson(view),
  };
}

/** What became of each step, in order; then of what undid them; then why it ended, where no step says so. */
export function logLines({
  recovery: { plan, state, outcome },
  steps,
}: Pick<RecoveryView, 'recovery' | 'steps'>): string[] {
  const own = steps.filter(({ kind }) => kind === 'do');
  const named = (step: RecoveryStep | undefined): string =>
    (step && (plan.lines?.[step.position] ?? step.name)) ?? 'a step';
  const lines = own.flatMap((step) => {
    // Reviver's own look at the end is worth a line only where it failed.
    if (plan.lines?.[step.position] === null && step.state === 'succeeded') return [];
    const said = DONE[step.state];
    return said === undefined ? [] : [withError(`${said}: ${named(step)}`, step)];
  });
  const undone = steps
    .filter(({ kind }) => kind === 'undo')
    .flatMap((undo) => {
      const said = UNDONE[undo.state];
      const of = own.find(({ position }) => position === undo.undoes);
      return said === undefined ? [] : [withError(`${said}: ${named(of)}`, undo)];
    });
  const why = isTerminal(state) && state !== 'SUCCEEDED' && own.every((step) => step.state !== 'failed');
  return [...lines, ...undone, ...(why ? [`${state}: ${outcome?.message ?? ''}`.replace(/: $/, '')] : [])];
}

type Words = Partial<Record<RecoveryStep['state'], string>>;

const DONE: Words = {
  running: 'Running',
  succeeded: 'Executed',
  failed: 'Failed',
  skipped: 'Skipped',
  unknown: 'Not known whether executed',
  cancelled: 'Stopped',
};

const UNDONE: Words = {
  running: 'Being undone',
  succeeded: 'Undone',
  failed: 'Not undone',
  unknown: 'Not known whether undone',
};

function withError(line: string, { state, error }: RecoveryStep): string {
  return error && (state === 'failed' || state === 'unknown') ? `${line}: ${error.message}` : line;
}
