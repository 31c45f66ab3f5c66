import type { EnginePorts } from '../create-engine.js';
import type { ServiceHealth, Status } from '../engine.js';
import { availabilityOf, WINDOW_MS } from '../health/availability.js';
import { UserError } from '../model/errors.js';
import type { RecoveryState } from '../model/recovery.js';
import type { Service } from '../model/service.js';
import { maintenanceNow } from './maintenance.js';

const RECENT = 20;

export type StatusPorts = Pick<
  EnginePorts,
  | 'store'
  | 'incidents'
  | 'registry'
  | 'breakers'
  | 'availability'
  | 'maintenance'
  | 'recoveryPolicies'
  | 'plannedMaintenance'
  | 'services'
  | 'pools'
  | 'parts'
  | 'now'
>;

/** The state of everything in one look; answered also while the database is away, and then says so. */
export async function status(ports: StatusPorts): Promise<Status> {
  try {
    return await fullStatus(ports);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'unavailable') throw error;
    const services = Object.fromEntries(
      ports.services().map((service) => [
        service.name,
        {
          ...unknownHealth(service, ports.now(), 'not known while the database is away'),
          recovery: 'IDLE' as const,
          recoveryId: null,
        },
      ]),
    );
    return {
      services,
      breakers: {},
      activeRecoveries: 0,
      queuedRecoveries: 0,
      awaitingPeople: 0,
      unknownOutcomes: 0,
      recent: [],
      workers: [],
      pools: ports.pools,
      ...ports.parts(),
      postgres: 'down',
    };
  }
}

async function fullStatus(ports: StatusPorts): Promise<Status> {
  const [active, health, workers, recent, breakers, maintenance, spent, policies] = await Promise.all([
    ports.store.activeOnes(),
    ports.incidents.health(),
    ports.registry.list(),
    ports.store.list({ limit: RECENT }),
    ports.breakers.views(),
    maintenanceNow(ports),
    ports.availability.spent(WINDOW_MS),
    ports.recoveryPolicies.all(),
  ]);
  const maintained = new Map(maintenance.map((one) => [one.service, one]));
  const retryOf = new Map(policies.map(({ service, policy }) => [service, policy.strategy]));
  const inStates = (...states: RecoveryState[]) => active.filter(({ state }) => states.includes(state)).length;
  const healthOf = new Map(health.map((one) => [one.service, one]));
  const recoveryOf = new Map(active.map((recovery) => [recovery.service, recovery]));
  const services = Object.fromEntries(
    ports.services().map((service) => {
      const { name } = service;
      const recovery = recoveryOf.get(name);
      const known = healthOf.get(name) ?? unknownHealth(service, ports.now());
      const planned = maintained.get(name);
      const lately = spent.get(name);
      const retry = retryOf.get(name);
      return [
        name,
        {
          ...known,
          recovery: recovery?.state ?? ('IDLE' as const),
          recoveryId: recovery?.id ?? null,
          ...(retry ? { retryStrategy: retry } : {}),
          ...(planned ? { maintenance: planned } : {}),
          ...(lately ? { availability: availabilityOf(lately, service.targetAvailability, ports.now()) } : {}),
        },
      ];
    }),
  );
  return {
    services,
    breakers: Object.fromEntries(breakers.map((breaker) => [breaker.service, breaker])),
    activeRecoveries: inStates('IN_PROGRESS', 'ROLLING_BACK'),
    queuedRecoveries: inStates('SCHEDULED'),
    awaitingPeople: inStates('AWAITING_APPROVAL', 'AWAITING_MANUAL'),
    unknownOutcomes: active.filter(({ unknown }) => unknown).length,
    recent: recent.map(({ recovery }) => recovery),
    workers,
    pools: ports.pools,
    ...ports.parts(),
    postgres: 'ok',
  };
}

function unknownHealth({ name, health }: Service, now: Date, checked = 'not checked yet'): ServiceHealth {
  const detail = health.length === 0 ? 'it has no health check' : checked;
  return { service: name, status: 'unknown', since: now, detail, consecutiveFailures: 0 };
}
