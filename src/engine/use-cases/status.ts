import type { EnginePorts } from '../create-engine.js';
import type { ServiceHealth, Status } from '../engine.js';
import { UserError } from '../model/errors.js';
import type { Service } from '../model/service.js';

export type StatusPorts = Pick<EnginePorts, 'store' | 'incidents' | 'registry' | 'services' | 'parts' | 'now'>;

/** The state of everything in one look; answered also while the database is away, and then says so. */
export async function status(ports: StatusPorts): Promise<Status> {
  try {
    return await fullStatus(ports);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'unavailable') throw error;
    const services = Object.fromEntries(
      ports.services.map((service) => [
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
      activeRecoveries: 0,
      queuedRecoveries: 0,
      awaitingPeople: 0,
      unknownOutcomes: 0,
      recent: [],
      workers: [],
      ...ports.parts(),
      postgres: 'down',
    };
  }
}

async function fullStatus(ports: StatusPorts): Promise<Status> {
  const active = await ports.store.list({
    states: ['SCHEDULED', 'AWAITING_APPROVAL', 'IN_PROGRESS', 'AWAITING_MANUAL', 'ROLLING_BACK'],
    limit: 200,
  });
  const [counts, health, workers, recent] = await Promise.all([
    ports.store.counts(),
    ports.incidents.health(),
    ports.registry.list(),
    ports.store.list({ limit: 20 }),
  ]);
  const healthOf = new Map(health.map((one) => [one.service, one]));
  const recoveryOf = new Map(active.map(({ recovery }) => [recovery.service, recovery]));
  const services = Object.fromEntries(
    ports.services.map((service) => {
      const { name } = service;
      const recovery = recoveryOf.get(name);
      const known = healthOf.get(name) ?? unknownHealth(service, ports.now());
      return [name, { ...known, recovery: recovery?.state ?? ('IDLE' as const), recoveryId: recovery?.id ?? null }];
    }),
  );
  return {
    services,
    activeRecoveries: (counts.IN_PROGRESS ?? 0) + (counts.ROLLING_BACK ?? 0),
    queuedRecoveries: counts.SCHEDULED ?? 0,
    awaitingPeople: (counts.AWAITING_APPROVAL ?? 0) + (counts.AWAITING_MANUAL ?? 0),
    unknownOutcomes: active.filter(({ steps }) => steps.some((step) => step.state === 'unknown')).length,
    recent: recent.map(({ recovery }) => recovery),
    workers,
    ...ports.parts(),
    postgres: 'ok',
  };
}

function unknownHealth({ name, health }: Service, now: Date, checked = 'not checked yet'): ServiceHealth {
  const detail = health.length === 0 ? 'it has no health check' : checked;
  return { service: name, status: 'unknown', since: now, detail, consecutiveFailures: 0 };
}
