import type { IncidentStore } from '../ports.js';
import type { Escalations } from './escalations.js';
import { subjectOf } from './subject.js';

/** Whoever acknowledges an incident, by whatever surface, looks after its service: nobody else is called. */
export function stoppingEscalations(
  incidents: IncidentStore,
  escalations: Pick<Escalations, 'acknowledge'>,
): IncidentStore {
  return {
    ...incidents,
    async acknowledge(id, by) {
      const found = await incidents.acknowledge(id, by);
      if (found) await escalations.acknowledge({ service: subjectOf(found) }, by);
      return found;
    },
  };
}
