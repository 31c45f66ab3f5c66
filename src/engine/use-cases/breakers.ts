import type { BreakerView } from '../breakers/view.js';
import { forbids } from '../constitution/constitution.js';
import { constitutional } from '../constitution/constitutional.js';
import type { EnginePorts } from '../create-engine.js';
import type { Deed } from '../model/because.js';
import type { Principal } from '../model/person.js';
import { redact } from '../model/redact.js';
import { requireRole } from './authorise.js';

export type BreakerPorts = Pick<EnginePorts, 'breakers' | 'constitution' | 'guard'>;

/** By hand, what no step may do is forbidden too. Throws `RecoveryConstitutionalError`. */
export async function openBreaker(
  service: string,
  { reason, forMs }: { reason?: string; forMs?: number },
  who: Principal,
  ports: BreakerPorts,
): Promise<BreakerView> {
  await allowed('breaker_open', 'open a breaker', service, who, ports);
  return ports.breakers.open(service, { by: who.name, reason: redact(reason?.trim() || 'by hand'), forMs });
}

export async function resetBreaker(service: string, who: Principal, ports: BreakerPorts): Promise<BreakerView> {
  await allowed('breaker_reset', 'reset a breaker', service, who, ports);
  return ports.breakers.reset(service, who.name);
}

async function allowed(
  action: 'breaker_open' | 'breaker_reset',
  toDo: Deed,
  service: string,
  who: Principal,
  { constitution, guard }: BreakerPorts,
): Promise<void> {
  requireRole(who, ['responder', 'bootstrap'], toDo);
  const why = forbids(constitution, { action, services: [service], rollback: null, verify: null });
  if (why) throw constitutional(why, { service, action });
  await guard.require('policy_change');
}
