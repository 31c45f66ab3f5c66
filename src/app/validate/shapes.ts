import { z } from 'zod';

/** The parts of answers that checks look at; a different shape fails the check. */
export const statusShape = z.object({
  constitutional_hash: z.string(),
  orchestrator_running: z.boolean(),
  services: z.record(z.string(), z.object({ state: z.string(), health: z.string(), criticality: z.string() })),
  circuit_breakers: z.record(
    z.string(),
    z.object({ state: z.enum(['closed', 'open', 'half_open']), enabled: z.boolean() }),
  ),
  recent_history: z.array(z.object({ service_name: z.string(), recovery: z.string() })),
});

export const recoveryShape = z.object({
  id: z.string(),
  state: z.string(),
  requested_by: z.string(),
  outcome: z.object({ message: z.string() }).nullable(),
});

export const planShape = z.object({ risk_score: z.number(), steps: z.array(z.object({ action: z.string() })) });

export const problemShape = z.object({ title: z.string(), status: z.number(), detail: z.string().optional() });

export const listShape = z.object({ items: z.array(z.unknown()) });
