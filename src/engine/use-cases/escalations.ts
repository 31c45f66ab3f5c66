import { randomUUID } from 'node:crypto';
import type { EnginePorts } from '../create-engine.js';
import type { Engine, EscalationView } from '../engine.js';
import { CHANNELS, type Escalation, escalationName } from '../escalation/escalation.js';
import { NotFound, UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { Principal, Role } from '../model/person.js';
import { requireRole } from './authorise.js';

type Ports = Pick<EnginePorts, 'escalations' | 'incidents' | 'store' | 'log'>;
type Audited = <T>(what: string, who: Principal, facts: JsonObject, attempt: () => Promise<T>) => Promise<T>;

const MAY_ACKNOWLEDGE: readonly Role[] = ['responder', 'approver', 'lead'];

/** What people say of escalations, by whatever surface. */
export function escalationUseCases(
  ports: Ports,
  audited: Audited,
): Pick<Engine, 'escalation' | 'escalations' | 'acknowledgeEscalation' | 'acknowledgePage' | 'onCall' | 'testPagers'> {
  const { escalations } = ports;
  const view = (escalation: Escalation): EscalationView => ({
    ...escalation,
    stages: escalations.stages(escalation),
  });

  async function found(id: number): Promise<Escalation> {
    const escalation = await escalations.get(id);
    if (!escalation) throw new NotFound('escalation', escalationName(id));
    return escalation;
  }

  async function acknowledge(id: number, who: Principal): Promise<EscalationView> {
    await audited('ack', who, { escalation: escalationName(id) }, async () =>
      requireRole(who, [...MAY_ACKNOWLEDGE], 'acknowledge'),
    );
    const { service, recoveryId, state } = await found(id);
    if (state !== 'open') return view(await found(id));
    await looksAfter(service, who.name, ports);
    if (recoveryId !== null)
      await ports.store.record(recoveryId, [{ kind: 'recovery.acknowledged', actor: who.name, data: { service } }]);
    return view(await found(id));
  }

  return {
    escalation: async (id) => view(await found(id)),
    escalations: async () => (await escalations.unresolved()).map(view),
    acknowledgeEscalation: acknowledge,

    async acknowledgePage(key, who) {
      const id = escalations.ofKey(key);
      if (id === undefined || (await escalations.get(id))?.state !== 'open') return false;
      await acknowledge(id, who);
      return true;
    },

    onCall() {
      const { contacts } = escalations;
      const reaches = CHANNELS.filter((channel) => channel === 'chat' || contacts[channel].length > 0);
      return { policies: escalations.policies(), reaches };
    },

    async testPagers(who) {
      await audited('escalate', who, { test: true }, async () =>
        requireRole(who, ['responder', 'approver'], 'escalate'),
      );
      const reached = CHANNELS.some((channel) => channel !== 'chat' && escalations.contacts[channel].length > 0);
      if (!reached)
        throw new UserError(
          'conflict',
          'No pager is set up, so there is nothing to test. Set PAGERDUTY_ROUTING_KEY, SMTP_URL, TWILIO_ACCOUNT_SID or ALERT_WEBHOOK_URL.',
          {},
          { kind: 'no_pager' },
        );
      return view(await escalations.test(randomUUID(), who.name));
    },
  };
}

/**
 * Somebody looks after a service: nobody else is called, and its incident says who. The one way in which every surface
 * acknowledges.
 */
export async function looksAfter(
  service: string,
  by: string,
  { escalations, incidents }: Pick<Ports, 'escalations' | 'incidents'>,
): Promise<void> {
  await escalations.acknowledge({ service }, by);
  const incident = await incidents.openFor(service);
  if (incident?.state === 'open') await incidents.acknowledge(incident.id, by);
}
