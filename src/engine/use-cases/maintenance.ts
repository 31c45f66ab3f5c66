import type { EnginePorts } from '../create-engine.js';
import type { Maintenance } from '../engine.js';
import { plannedNow } from '../health/planned-maintenance.js';
import { UserError } from '../model/errors.js';
import type { Principal } from '../model/person.js';
import { redact } from '../model/redact.js';
import { findService } from '../planner/candidates.js';
import { requireRole } from './authorise.js';

export type MaintenancePorts = Pick<EnginePorts, 'maintenance' | 'plannedMaintenance' | 'services' | 'now' | 'guard'>;

/** Shorter is a slip of the finger; longer is a service that nobody watches, which the configuration should say. */
const LEAST_MS = 60_000;
const MOST_MS = 7 * 86_400_000;

/** Everything that is in maintenance now; what people began goes before what is planned. */
export async function maintenanceNow({
  maintenance,
  plannedMaintenance,
  now,
}: Omit<MaintenancePorts, 'services' | 'guard'>): Promise<Maintenance[]> {
  const begun = await maintenance.active();
  const named = new Set(begun.map(({ service }) => service));
  return [...begun, ...plannedNow(plannedMaintenance, now()).filter(({ service }) => !named.has(service))];
}

export async function beginMaintenance(
  service: string,
  { forMs, reason }: { forMs: number; reason?: string },
  who: Principal,
  ports: MaintenancePorts,
): Promise<Maintenance> {
  requireRole(who, ['responder', 'lead', 'admin'], 'begin a maintenance');
  const { name } = findService(service, ports.services());
  if (forMs < LEAST_MS || forMs > MOST_MS)
    throw new UserError('invalid_input', 'A maintenance lasts from 1m to 7d; such as 2h. Nothing was changed.', {
      field: 'for',
    });
  await ports.guard.require('policy_change');
  const said = redact(reason?.trim() || 'no reason given').slice(0, 300);
  return ports.maintenance.begin({ service: name, reason: said, by: who.name }, forMs);
}

/** Back to what the configuration says: that is never refused by the constitution. */
export async function endMaintenance(
  service: string,
  who: Principal,
  ports: MaintenancePorts,
): Promise<Maintenance | undefined> {
  requireRole(who, ['responder', 'lead', 'admin'], 'end a maintenance');
  const { name } = findService(service, ports.services());
  const ended = await ports.maintenance.end(name, who.name);
  const planned = plannedNow(ports.plannedMaintenance, ports.now()).find((one) => one.service === name);
  if (planned)
    throw new UserError(
      'conflict',
      `${name} stays in maintenance until ${planned.until.toISOString()}: the configuration says so (${planned.reason}), and only there it can be ended.`,
      { service: name },
    );
  return ended;
}
