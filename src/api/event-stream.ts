import { z } from 'zod';
import { NotFound } from '../engine/model/errors.js';
import { ROLES } from '../engine/model/person.js';
import type { StoredEvent } from '../engine/ports.js';
import { checked } from './input.js';
import { toEventJson } from './json/event.js';
import { nameOf, recoveryId } from './routes/fields.js';
import type { SocketRoute } from './sockets.js';

/**
 * Calls `onEvent` for each stored event behind `fromId` in commit order, and goes on with new ones until `signal` aborts;
 * without `fromId` only new ones. What `onEvent` promises is waited for, so that no more is read than can be sent.
 */
export type Subscribe = (
  fromId: number | undefined,
  onEvent: (event: StoredEvent) => void | Promise<void>,
  signal: AbortSignal,
) => Promise<void>;

const eventId = z.coerce.number().int().min(0);

const query = z.strictObject({
  after: eventId
    .optional()
    .describe('the id of the last event that was seen, to continue after it; 0: all that is kept'),
  from: eventId.optional().describe('the id of the last event that was seen; an older name of `after`'),
  service: nameOf('a service').optional().describe('the name of a service: events of it and of its recoveries'),
  recovery: recoveryId.optional().describe('a recovery such as R-12: only its events'),
});

/**
 * `/ws/events`: the event log, live.
 * @param serviceOf whom a recovery is about
 */
export function eventStream(subscribe: Subscribe, serviceOf: (recovery: number) => Promise<string>): SocketRoute {
  return {
    path: '/ws/events',
    operation: 'events',
    summary: 'Every stored event, as it happens',
    access: ROLES,
    query,
    // Who comes back by the same URL has seen more than it says: the header is newer.
    accept: (raw, lastEventId) => {
      const seen = lastEventId ? { after: lastEventId } : {};
      const { after, from, service, recovery } = checked(query, { ...raw, ...seen });
      const wanted = service === undefined ? () => true : ofService(service, serviceOf);
      return (peer, signal) =>
        subscribe(
          after ?? from,
          async (event) => {
            if (recovery !== undefined && event.recoveryId !== recovery) return;
            if (await wanted(event)) await peer.send(toEventJson(event));
          },
          signal,
        );
    },
  };
}

/** Recoveries whose service one connection remembers. */
const REMEMBERED = 1_000;

/** Not every event of a recovery names its service. */
function ofService(service: string, serviceOf: (recovery: number) => Promise<string>) {
  const known = new Map<number, string | undefined>();
  return async ({ recoveryId: id, data }: StoredEvent): Promise<boolean> => {
    if (data.service === service || id === null) return data.service === service;
    if (!known.has(id)) {
      if (known.size >= REMEMBERED) known.clear();
      known.set(id, await serviceOf(id).catch(ifTidied));
    }
    return known.get(id) === service;
  };
}

/** Its events outlive a recovery. Any other failure ends the connection: no event is passed over in silence. */
function ifTidied(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}
