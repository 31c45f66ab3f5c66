import type { Engine } from '../../engine/engine.js';
import { recoveryCard } from '../cards/recovery-card.js';
import { deadPool } from '../dead-pool.js';
import { wordsOf } from '../words/languages.js';
import { type IncidentChannels, placesOf } from './audience.js';
import { type Draw, incidentSubject } from './drawing.js';
import { notes } from './notes.js';
import { refreshMs, urgency } from './pace.js';
import { threadLine } from './thread-lines.js';

export function createDrawRecovery(engine: Engine, incidents: IncidentChannels): Draw {
  return async (id, language) => {
    const words = wordsOf(language);
    const [view, events] = await Promise.all([engine.view(id), engine.events(id)]);
    const { incidentId } = view.recovery;
    const pool = await deadPool(view, events, engine);
    return {
      card: recoveryCard(view, words, pool),
      urgency: pool === undefined ? urgency(view) : 0,
      nextMs: refreshMs(view),
      places: placesOf(view, incidents),
      notes: notes(view, words),
      thread: events.map((event) => ({ event: event.id, line: threadLine(event, words) })),
      related: incidentId === null ? [] : [incidentSubject(incidentId)],
    };
  };
}
