import type { AlertStore } from '../alerts/alert.js';
import type { EnginePorts } from '../create-engine.js';
import type { AutoAnswer, Engine, Incident } from '../engine.js';
import { UserError } from '../model/errors.js';
import type { Service } from '../model/service.js';
import { decideAlone } from './decide-alone.js';
import { maintenanceNow } from './maintenance.js';
import { AUTO } from './may-start.js';

export interface AnswerIncidentPorts
  extends Pick<EnginePorts, 'incidents' | 'services' | 'autoRecover' | 'maintenance' | 'plannedMaintenance' | 'now'> {
  alerts: Pick<AlertStore, 'answered'>;
  engine: Pick<Engine, 'plan' | 'recover'>;
}

/**
 * An incident opened: where the service's `auto_recover` allows it, a recovery is asked for without a click, with the approvals that
 * its plan needs. What was decided stands in the event log and on the incident's post. Said again, it starts nothing twice.
 */
export async function answerIncident(id: number, ports: AnswerIncidentPorts): Promise<void> {
  const incident = await ports.incidents.get(id);
  const service = ports.services().find(({ name }) => name === incident?.service);
  if (!incident || !service?.autoRecover || incident.state === 'resolved' || waitsForBreaker(incident, service)) return;
  const answer = incident.auto ?? (await decide(incident, service, ports));
  if (!incident.auto) await ports.alerts.answered(id, answer);
  if (!answer.start) return;
  const request = { service: service.name, reason: `auto_recover: ${incident.alert?.name ?? incident.title}` };
  try {
    await ports.engine.recover(request, AUTO, { platform: AUTO.via, request: `incident.opened:${id}` });
  } catch (error) {
    const code = error instanceof UserError ? error.code : undefined;
    // Another recovery runs: that one is the answer.
    if (code === 'conflict') return;
    if (!(error instanceof UserError) || code === 'unavailable') throw error;
    await ports.alerts.answered(id, { ...answer, start: false, because: error.message });
  }
}

/** Its own checks are calls that the breaker counts: it opens when they failed often enough, and answers then. */
function waitsForBreaker({ alert, found }: Incident, { breaker }: Service): boolean {
  return alert === undefined && found !== undefined && breaker?.enabled === true;
}

async function decide(incident: Incident, service: Service, ports: AnswerIncidentPorts): Promise<AutoAnswer> {
  if (incident.silence) return { start: false, shadow: false, because: `${incident.silence.by} has silenced it` };
  if (incident.state === 'acknowledged')
    return { start: false, shadow: false, because: `${incident.acknowledgedBy ?? 'somebody'} looks after it` };
  const work = (await maintenanceNow(ports)).find((one) => one.service === service.name);
  if (work) return { start: false, shadow: false, because: `${work.by} works on it` };
  return decideAlone(service, AUTO, ports);
}
