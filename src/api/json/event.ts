import { z } from 'zod';
import { recoveryName } from '../../engine/model/recovery.js';
import type { StoredEvent } from '../../engine/ports.js';
import { iso, moment } from './moment.js';

export const eventJson = z.strictObject({
  id: z.int().describe('Grows; what `after` of /ws/events takes'),
  at: moment,
  kind: z.string().describe('Such as recovery.started or step.failed'),
  recovery: z.string().nullable(),
  service: z.string().nullable(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type EventJson = z.infer<typeof eventJson>;

/** A row of the event log, as REST and WebSocket show it. */
export function toEventJson(event: StoredEvent): EventJson {
  return {
    id: event.id,
    at: iso(event.at),
    kind: event.kind,
    recovery: event.recoveryId === null ? null : recoveryName(event.recoveryId),
    service: typeof event.data.service === 'string' ? event.data.service : null,
    actor: event.actor,
    data: event.data,
  };
}
