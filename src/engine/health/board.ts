import type { Maintenance, ServiceHealth } from '../engine.js';
import type { Service } from '../model/service.js';
import type { IncidentStore } from '../ports.js';
import type { Counted } from './availability.js';
import { flappingFingerprint, healthFingerprint } from './own-incident.js';
import { type Cause, type Condition, causeOf } from './root-cause.js';

/** What people were told of an ill service: an incident of its own, or that of the one that it depends on. */
export type Told =
  | { as: 'down' | 'flapping'; dependents: readonly string[] }
  | { as: 'dependent'; of: string; rootWellSince?: number };

/** What the process that watches knows of one service. */
export interface Seen {
  health: ServiceHealth;
  /** `health` is not stored yet. */
  unsaved: boolean;
  told?: Told;
  /** What the log of its availability was told last. */
  counted?: Counted;
  /** A dependent asked it out of turn, and it did not answer well; its next check in turn decides. */
  doubted?: boolean;
}

/** Everything that the process that watches knows. */
export interface Board {
  services: ReadonlyMap<string, Service>;
  seen: Map<string, Seen>;
  maintenance: ReadonlyMap<string, Maintenance>;
}

export function conditionOn({ seen, services }: Board): (service: string) => Condition | undefined {
  return (service) => {
    const known = seen.get(service);
    if (!services.get(service)?.health.length) return undefined;
    if (!known) return 'well';
    if (known.health.status === 'unhealthy') return 'ill';
    return known.doubted || known.health.consecutiveFailures > 0 ? 'doubted' : 'well';
  };
}

export function causeOn(board: Board, service: string): Cause {
  return causeOf(service, board.services, conditionOn(board));
}

/** What another process left: who leads now goes on where it ended, and tells nothing twice. */
export async function loadBoard(
  incidents: Pick<IncidentStore, 'health' | 'openFor'>,
  services: ReadonlyMap<string, Service>,
): Promise<Board> {
  const seen = new Map<string, Seen>();
  for (const health of await incidents.health()) seen.set(health.service, { health, unsaved: false });
  for (const one of seen.values()) {
    const told = await toldOf(one.health, incidents);
    if (told) one.told = told;
  }
  return { services, seen, maintenance: new Map() };
}

async function toldOf(
  { service, status, causedBy, flapping }: ServiceHealth,
  incidents: Pick<IncidentStore, 'openFor'>,
): Promise<Told | undefined> {
  if (status === 'unhealthy' && causedBy !== undefined) return { as: 'dependent', of: causedBy };
  if (status !== 'unhealthy' && !flapping) return undefined;
  const open = await incidents.openFor(service);
  if (open?.fingerprint === flappingFingerprint(service)) return { as: 'flapping', dependents: [] };
  return open?.fingerprint === healthFingerprint(service) ? { as: 'down', dependents: [] } : undefined;
}
