import type { JsonObject } from '../model/json.js';
import type { IncidentStore } from '../ports.js';

/** What a plan may know of what is wrong with a service now; empty where nobody has noticed anything. */
export async function incidentOf(service: string, incidents: Pick<IncidentStore, 'openFor'>): Promise<JsonObject> {
  const open = await incidents.openFor(service);
  if (!open) return {};
  const { id, title, severity, alert } = open;
  return { id, title, severity, ...(alert ? { alert: alert.name, detail: alert.says } : {}) };
}
