import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import type { KeptPlan } from '../../engine/ports.js';
import { linesOf } from '../../engine/use-cases/execute.js';
import { planJson, toPlanJson } from '../json/plan.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { anyJson, clientId } from './fields.js';

/** The planner document's Incident. */
const incidentBody = z.strictObject({
  id: clientId.describe('your name for the incident: a text of at most 200 characters'),
  timestamp: z.iso
    .datetime({ offset: true, local: true })
    .describe('when it was noticed, in ISO 8601, such as 2025-10-21T08:00:00Z'),
  severity: z.number().min(0).max(1).describe('a number from 0 to 1'),
  context: z
    .record(z.string().max(200), anyJson)
    .describe('an object with whatever is known; `service` says what it is about'),
});

const { steps: details, ...about } = planJson.omit({ dry_run: true, previews: true }).shape;

/** The planner document's RecoveryPlan, and why it is this one. */
export const keptPlanJson = z.strictObject({
  id: z.string().describe('What POST /execute takes'),
  steps: z.array(z.string()).describe('A line a step: the short form, or JSON where it does not say all'),
  ...about,
  step_details: details,
  incident: z.strictObject({ id: z.string(), recorded_as: z.string() }),
});

export function planRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'post',
    path: '/plan',
    operation: 'plan',
    summary: 'Record an incident and keep a plan for it, without any effect on the service',
    access: ['responder'],
    body: incidentBody,
    answers: { 200: { description: 'The plan; POST /execute runs it', schema: keptPlanJson } },
    errors: ['conflict', 'constitution', 'unavailable'],
    handle: async ({ body: { id, timestamp, severity, context }, who }) => {
      const kept = await engine.propose({ id, at: new Date(timestamp), severity, context }, who);
      return { status: 200, body: toKeptPlanJson(kept) };
    },
  });
}

function toKeptPlanJson({ key, plan, incident, incidentId }: KeptPlan): z.infer<typeof keptPlanJson> {
  const { dry_run: _, previews: __, steps, ...rest } = toPlanJson(plan, []);
  return {
    id: key,
    steps: linesOf(plan),
    ...rest,
    step_details: steps,
    incident: { id: incident, recorded_as: `I-${incidentId}` },
  };
}
