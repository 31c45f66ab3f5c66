import { z } from 'zod';
import { ROLES } from '../engine/model/person.js';
import type { StoredEvent } from '../engine/ports.js';
import { checked } from './input.js';
import { toEventJson } from './json/event.js';
import type { SocketRoute } from './sockets.js';

/**
 * Calls `onEvent` for each stored event above `fromId`, in the order of their ids, and goes on with new ones until
 * `signal` aborts; without `fromId` only new ones.
 */
export type Subscribe = (
  fromId: number | undefined,
  onEvent: (event: StoredEvent) => void,
  signal: AbortSignal,
) => Promise<void>;

const query = z.strictObject({
  from: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('the id of the last event that was seen, to continue after it'),
});

/** `/ws/events`: the event log, live. */
export function eventStream(subscribe: Subscribe): SocketRoute {
  return {
    path: '/ws/events',
    operation: 'events',
    summary: 'Every stored event, as it happens',
    access: ROLES,
    query,
    accept: (raw) => {
      const { from } = checked(query, raw);
      return (peer, signal) => subscribe(from, (event) => peer.send(toEventJson(event)), signal);
    },
  };
}
