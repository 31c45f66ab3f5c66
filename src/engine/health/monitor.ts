import type { ServiceHealth } from '../engine.js';
import type { Service } from '../model/service.js';
import type { IncidentStore, Log } from '../ports.js';
import type { HealthResult } from './check.js';
import { healthFingerprint, SEVERITY } from './own-incident.js';

export interface MonitorPorts {
  services: readonly Service[];
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

/** Watches every service that has a check; opens an incident when one falls ill, and resolves it when it is well again. */
export function startMonitor(ports: MonitorPorts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loops = ports.services
    .filter((service) => service.health.length > 0)
    .map((service) => watch(service, ports, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.allSettled(loops);
    },
  };
}

async function watch(service: Service, ports: MonitorPorts, signal: AbortSignal): Promise<void> {
  const intervalMs = Math.min(...service.health.map((check) => check.intervalMs));
  let known: ServiceHealth | undefined;
  while (!signal.aborted) {
    try {
      if (await ports.leads()) known = await measure(service, known, ports, signal);
      else known = undefined;
    } catch (error) {
      ports.log('warn', 'health could not be recorded', {
        service: service.name,
        error: error instanceof Error ? error.message : String(error),
      });
    }
    await pause(intervalMs, signal);
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
