import type { EnginePorts } from '../create-engine.js';
import type { Engine, Incident } from '../engine.js';
import { subjectOf } from '../escalation/subject.js';
import { InvalidInput } from '../model/errors.js';
import { noIncident } from '../model/missing.js';
import type { Principal, Role } from '../model/person.js';
import { findService } from '../planner/candidates.js';
import { requireRole } from './authorise.js';

type Attempt = <T>(what: string, who: Principal, facts: { incident: number }, attempt: () => Promise<T>) => Promise<T>;

/** An hour is meant; a week is forgotten. */
const LEAST_SILENCE_MS = 60_000;
const MOST_SILENCE_MS = 7 * 24 * 3_600_000;
const MOST_OPEN = 200;

const ROLES: readonly Role[] = ['responder', 'approver', 'lead'];

/** What people say of incidents, by whatever surface. `audited` records what a missing role refuses. */
export function incidentUseCases(
  { incidents, alerts, escalations, services }: Pick<EnginePorts, 'incidents' | 'alerts' | 'escalations' | 'services'>,
  audited: Attempt,
): Pick<
  Engine,
  'incident' | 'openIncidents' | 'acknowledge' | 'silence' | 'unsilence' | 'assignIncident' | 'escalateIncident'
> {
  async function incident(id: number): Promise<Incident> {
    const found = await incidents.get(id);
    if (!found) throw noIncident(id);
    return found;
  }

  async function changed(id: number, there: Promise<boolean>): Promise<Incident> {
    if (!(await there)) throw noIncident(id);
    return incident(id);
  }

  return {
    incident,

    async openIncidents() {
      const ids = await alerts.open(MOST_OPEN);
      const found = await Promise.all(ids.map((id) => incidents.get(id)));
      return found.flatMap((one) => one ?? []);
    },

    async acknowledge(id, who) {
      await audited('ack', who, { incident: id }, async () => requireRole(who, ROLES, 'acknowledge'));
      const found = await incidents.acknowledge(id, who.name);
      if (!found) throw noIncident(id);
      return found;
    },

    async silence(id, forMs, who) {
      await audited('silence', who, { incident: id }, async () => requireRole(who, ROLES, 'silence'));
      if (forMs < LEAST_SILENCE_MS || forMs > MOST_SILENCE_MS)
        throw new InvalidInput('for', `${forMs} ms`, 'a duration from 1m to 7d');
      const silenced = await changed(id, alerts.silence(id, forMs, who.name));
      // Who wants to hear no more of it knows of it: nobody else is called.
      await escalations.acknowledge({ service: subjectOf(silenced) }, who.name);
      return silenced;
    },

    async unsilence(id, who) {
      await audited('unsilence', who, { incident: id }, async () => requireRole(who, ROLES, 'silence'));
      return changed(id, alerts.unsilence(id, who.name));
    },

    async assignIncident(id, service, who) {
      await audited('assign', who, { incident: id }, async () => requireRole(who, ['responder'], 'assign an incident'));
      const { name } = findService(service, services());
      return changed(id, alerts.assign(id, name, who.name));
    },

    async escalateIncident(id, who) {
      await audited('escalate', who, { incident: id }, async () =>
        requireRole(who, ['responder', 'approver'], 'escalate'),
      );
      return changed(id, alerts.escalated(id, who.name, `asked for by ${who.name}`));
    },
  };
}
