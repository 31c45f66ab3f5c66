import type { EnginePorts } from '../create-engine.js';
import type { Plan } from '../model/plan.js';
import { redact } from '../model/redact.js';

/** One line a step: what it would touch, measured and read-only. A look that fails says so instead of failing the dry run. */
export async function preview(plan: Plan, ports: Pick<EnginePorts, 'preview'>): Promise<string[]> {
  const signal = AbortSignal.timeout(10_000);
  return Promise.all(
    plan.steps.map((step) =>
      ports
        .preview(step.action, step.input, signal)
        .catch((error: unknown) => `cannot be looked at: ${error instanceof Error ? error.message : String(error)}`)
        .then(redact),
    ),
  );
}
