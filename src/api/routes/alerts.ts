import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { type IncidentJson, incidentJson, toIncidentJson } from '../json/incident.js';
import { NO_INPUT, type Route, route } from '../route.js';

/** `I-3` or `3`, as a number. */
const incidentId = z
  .string()
  .transform((text, ctx) => {
    const id = /^(?:i-?)?(\d{1,9})$/i.exec(text.trim())?.[1];
    if (id === undefined) ctx.addIssue({ code: 'custom', message: 'not an incident' });
    return id === undefined ? z.NEVER : Number(id);
  })
  .describe('an incident, such as I-3 or 3');

/** Says that a person looks after an incident, as the button under its post does. */
export function acknowledgeRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'post',
    path: '/alerts/acknowledge/{id}',
    operation: 'acknowledgeAlert',
    summary: 'Say that a person looks after an incident',
    access: ['responder', 'approver', 'lead'],
    params: z.strictObject({ id: incidentId }),
    answers: { 200: { description: 'The incident after it', schema: incidentJson } },
    errors: ['not_found', 'unavailable'],
    handle: async ({ params: { id }, who }) => {
      const body: IncidentJson = toIncidentJson(await engine.acknowledge(id, who));
      return { status: 200, body };
    },
  });
}
