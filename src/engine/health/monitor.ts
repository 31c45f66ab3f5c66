import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceDirectory } from '../discovery/directory.js';
import type { ServiceHealth } from '../engine.js';
import type { Service } from '../model/service.js';
import type { IncidentStore, Log } from '../ports.js';
import type { HealthResult } from './check.js';
import { healthFingerprint, SEVERITY } from './own-incident.js';

export interface MonitorPorts {
  directory: ServiceDirectory;
  /** All checks of a service, once. */
  check(service: Service, signal: AbortSignal): Promise<HealthResult>;
  incidents: IncidentStore;
  /** False while another process watches: one monitor a cluster. */
  leads(): Promise<boolean>;
  onChange(health: ServiceHealth, incidentId: number | undefined): void;
  now: () => Date;
  log: Log;
}

/** What a new measurement makes of a service's health: `failures` bad ones in a row are needed, one good one heals. */
export function judgeHealth(
  was: ServiceHealth | undefined,
  measured: HealthResult,
  service: Service,
  now: Date,
): ServiceHealth {
  const bad = measured.healthy ? 0 : (was?.consecutiveFailures ?? 0) + 1;
  const needed = Math.max(1, ...service.health.map((check) => check.failures));
  const status = bad === 0 ? 'healthy' : bad >= needed ? 'unhealthy' : (was?.status ?? 'unknown');
  return {
    service: service.name,
    status,
    since: was && was.status === status ? was.since : now,
    detail: measured.detail,
    consecutiveFailures: bad,
  };
}

/**
 * Watches every service that has a check, as they come and go; opens an incident when one falls ill, and resolves it when
 * it is well again, or is no service any more.
 */
export function startMonitor(ports: MonitorPorts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const watched = new Map<string, Watch>();
  /** Watches that are about to end; a name is watched anew when its old watch has ended. */
  const ending = new Map<string, Promise<void>>();

  function follow(services: readonly Service[]): void {
    const checked = new Map(services.filter(({ health }) => health.length > 0).map((one) => [one.name, one]));
    for (const [name, { service, stop, done }] of watched) {
      const now = checked.get(name);
      if (now && JSON.stringify(now) === JSON.stringify(service)) continue;
      watched.delete(name);
      stop.abort();
      const ended = now ? done : done.then(() => forget(service, ports));
      ending.set(name, ended);
      void ended.then(() => void (ending.get(name) === ended && ending.delete(name)));
    }
    for (const [name, service] of checked) if (!watched.has(name)) begin(service, ending.get(name));
  }

  function begin(service: Service, after: Promise<void> | undefined): void {
    const stop = new AbortController();
    const signal = AbortSignal.any([stopping.signal, stop.signal]);
    const done = (after ?? Promise.resolve()).then(() => watch(service, ports, signal));
    watched.set(service.name, { service, stop, done });
  }

  const unlisten = ports.directory.onChange(follow);
  follow(ports.directory.all());
  return {
    async stop() {
      unlisten();
      stopping.abort();
      await Promise.allSettled([...[...watched.values()].map(({ done }) => done), ...ending.values()]);
    },
  };
}

interface Watch {
  service: Service;
  stop: AbortController;
  done: Promise<void>;
}

/**
 * The last measurement of what is not there any more would be the past of another service of that name, and its incident
 * would wait for ever to be recovered.
 */
async function forget(service: Service, ports: MonitorPorts): Promise<void> {
  try {
    if (!(await ports.leads())) return;
    await ports.incidents.forgetHealth(service.name);
    await ports.incidents.resolve({ fingerprint: healthFingerprint(service.name) }, GONE);
  } catch (error) {
    notRecorded(service, error, ports);
  }
}

const GONE = 'it is watched no more: it is no service now, or has no health check';

function notRecorded({ name }: Service, error: unknown, { log }: MonitorPorts): void {
  log('warn', 'health could not be recorded', {
    service: name,
    error: error instanceof Error ? error.message : String(error),
  });
}

async function watch(service: Service, ports: MonitorPorts, signal: AbortSignal): Promise<void> {
  const intervalMs = Math.min(...service.health.map((check) => check.intervalMs));
  let known: ServiceHealth | undefined;
  while (!signal.aborted) {
    try {
      if (await ports.leads()) known = await measure(service, known, ports, signal);
      else known = undefined;
    } catch (error) {
      notRecorded(service, error, ports);
    }
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

async function measure(
  service: Service,
  was: ServiceHealth | undefined,
  ports: MonitorPorts,
  signal: AbortSignal,
): Promise<ServiceHealth | undefined> {
  const before = was ?? (await ports.incidents.health()).find((health) => health.service === service.name);
  const measured = await ports.check(service, signal);
  if (signal.aborted) return before;
  const health = judgeHealth(before, measured, service, ports.now());
  const turned = health.status !== before?.status;
  const counted = health.consecutiveFailures !== before?.consecutiveFailures;
  if (turned || counted || health.detail !== before?.detail) await ports.incidents.saveHealth(health);
  if (turned) await announce(service, health, ports);
  return health;
}

async function announce(service: Service, health: ServiceHealth, ports: MonitorPorts): Promise<void> {
  const fingerprint = healthFingerprint(service.name);
  if (health.status === 'unhealthy') {
    const { incident } = await ports.incidents.report({
      service: service.name,
      fingerprint,
      title: `${service.name} is down`,
      detail: `${health.detail} (${health.consecutiveFailures} of ${health.consecutiveFailures} checks)`,
      severity: SEVERITY[service.criticality],
    });
    ports.onChange(health, incident.id);
    return;
  }
  const resolved = health.status === 'healthy' ? await ports.incidents.resolve({ fingerprint }) : undefined;
  ports.onChange(health, resolved?.id);
}
