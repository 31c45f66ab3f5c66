import type { Engine } from '../engine.js';
import { NotFound } from '../model/errors.js';
import { type Postmortem, postmortem } from './postmortem.js';

/** Reads all that is kept of a recovery and of the incident that it was for, and makes the document of it. */
export async function postmortemOf(
  id: number,
  engine: Pick<Engine, 'view' | 'events' | 'incident'>,
): Promise<Postmortem> {
  const [view, events] = await Promise.all([engine.view(id), engine.events(id)]);
  const { incidentId } = view.recovery;
  const incident = incidentId === null ? undefined : await engine.incident(incidentId).catch(gone);
  return postmortem({ view, events, ...(incident ? { incident } : {}) });
}

/** Incidents go after their retention; the recovery may be older than that. */
function gone(error: unknown): undefined {
  if (error instanceof NotFound) return undefined;
  throw error;
}
