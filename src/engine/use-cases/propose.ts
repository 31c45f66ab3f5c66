import { randomUUID } from 'node:crypto';
import type { EnginePorts } from '../create-engine.js';
import type { RecoverRequest } from '../engine.js';
import type { Principal } from '../model/person.js';
import { type IncidentReport, inWords, serviceOfReport } from '../planner/incident-report.js';
import type { MakePlan } from '../planner/planner.js';
import type { KeptPlan } from '../ports.js';
import { requireRole } from './authorise.js';

export interface ProposePorts extends Pick<EnginePorts, 'incidents' | 'services' | 'plans'> {
  makePlan: MakePlan;
}

/**
 * Plans for an incident that a program reports, and keeps the plan under an id of its own, so that exactly it can be executed
 * later. The incident is recorded in any case, also when there is no plan for it: people are told, and nothing runs.
 */
export async function propose(report: IncidentReport, who: Principal, ports: ProposePorts): Promise<KeptPlan> {
  requireRole(who, ['responder', 'bootstrap'], 'report an incident');
  const service = serviceOfReport(report.context, ports.services());
  const { severity } = report;
  const words = inWords(report);
  const fingerprint = `plan:${service.name}:${report.id}`;
  const { incident } = await ports.incidents.report({ service: service.name, ...words, severity, fingerprint });
  const request: RecoverRequest = { service: service.name, reason: `incident ${report.id}` };
  const plan = await ports.makePlan(request, who, { id: incident.id, severity, ...words });
  return keep({ plan, request, incident: report.id, incidentId: incident.id }, ports);
}

export async function keep(made: Omit<KeptPlan, 'key'>, { plans }: Pick<ProposePorts, 'plans'>): Promise<KeptPlan> {
  const kept = { ...made, key: randomUUID() };
  await plans.keep(kept);
  return kept;
}
