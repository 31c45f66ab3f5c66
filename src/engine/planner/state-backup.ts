import type { PlannedStep } from '../model/plan.js';
import { type CompileContext, compileSteps } from './compile.js';
import { longForm, riskNumber } from './runbook.js';

/** These keep by themselves what they replace, or are what would be added. */
const KEEPING = new Set(['take_snapshot', 'restore_snapshot']);

/**
 * For a service with `state_backup_enabled`: its state is kept before a plan of medium risk or more touches it. A plan that
 * keeps it by itself stays as it is. A snapshot that fails stops nothing, since what is ill cannot always be kept: the
 * step is seen to fail, and the rest goes on.
 */
export async function stateKeptFirst(steps: PlannedStep[], context: CompileContext): Promise<PlannedStep[]> {
  const { service } = context;
  const own = steps.filter((step) => step.services.includes(service.name));
  const risky = own.some((step) => step.risk >= riskNumber('medium'));
  if (!service.stateBackup || !risky || own.some(({ action }) => KEEPING.has(action))) return steps;
  const keep = {
    ...longForm({ action: 'take_snapshot', with: { service: service.name } }),
    id: 'state_backup',
    name: `Keep the state of ${service.name}`,
    approval: 'never' as const,
    rollback: 'none' as const,
    on_failure: 'continue' as const,
    pool: own[0]?.pool,
  };
  const [kept] = await compileSteps([keep], context, 'state_backup');
  if (!kept) return steps;
  // Nobody has to ask for it, so it has no line among what is asked for.
  const { line: _, ...unasked } = kept;
  return [unasked, ...steps.map((step) => ({ ...step, stage: step.stage + 1 }))];
}
