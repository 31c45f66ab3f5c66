import { z } from 'zod';
import type { Incident } from '../../engine/engine.js';
import { iso, moment } from './moment.js';

export const incidentJson = z.strictObject({
  id: z.string().describe('such as I-3'),
  title: z.string(),
  service: z.string().nullable().describe('null: it is about none that is known'),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  severity: z.number().describe('0 .. 1'),
  alerts: z.int().describe('Different alerts that it has had'),
  firing: z.int().describe('Of them, those that still fire'),
  acknowledged_by: z.string().nullable(),
  silenced_until: moment,
  recovery: z.string().nullable().describe('The latest recovery for it, such as R-12'),
  started_at: moment,
  resolved_at: moment,
});
export type IncidentJson = z.infer<typeof incidentJson>;

export function toIncidentJson(incident: Incident): IncidentJson {
  const { id, title, alert, service, state, severity, alerts = 0, firing = 0, recoveryId, silence } = incident;
  return {
    id: `I-${id}`,
    title: alert?.name ?? title,
    service,
    state,
    severity,
    alerts,
    firing,
    acknowledged_by: incident.acknowledgedBy,
    silenced_until: iso(silence?.until ?? null),
    recovery: recoveryId === null ? null : `R-${recoveryId}`,
    started_at: iso(incident.startedAt),
    resolved_at: iso(incident.resolvedAt),
  };
}
