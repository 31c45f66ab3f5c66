import { fixedDirectory } from '../../../../src/engine/discovery/directory.js';
import type { Incident, Maintenance, ServiceHealth } from '../../../../src/engine/engine.js';
import type { Counted } from '../../../../src/engine/health/availability.js';
import { type MonitorPorts, startMonitor } from '../../../../src/engine/health/monitor.js';
import type { HealthCheck, Service } from '../../../../src/engine/model/service.js';

/** A check that is asked every millisecond, and decides at once. */
export const aCheck = (over: Partial<HealthCheck> = {}): HealthCheck => ({
  type: 'http',
  url: 'http://127.0.0.1:1',
  intervalMs: 1,
  timeoutMs: 100,
  failures: 1,
  ...over,
});

/** Where a monitor's findings go, in memory: what its store keeps, and what people were told. */
export class Ward {
  readonly health = new Map<string, ServiceHealth>();
  readonly open = new Map<string, Pick<Incident, 'fingerprint' | 'title' | 'detail'>>();
  /** `opened health:web: web is down · refused (2 of 2 checks)` */
  readonly told: string[] = [];
  readonly counted: { service: string; as: Counted }[] = [];
  maintenance: Maintenance[] = [];
  spans = 0;
  /** What a check answers now; absent: well. */
  readonly ill = new Set<string>();
  readonly asked: string[] = [];

  ports(services: readonly Service[], over: Partial<MonitorPorts> = {}): MonitorPorts {
    const answer = async ({ name }: Service) => {
      this.asked.push(name);
      return { healthy: !this.ill.has(name), detail: this.ill.has(name) ? 'refused' : 'well', durationMs: 1 };
    };
    return {
      directory: fixedDirectory([...services]),
      check: answer,
      ask: answer,
      incidents: {
        health: async () => [...this.health.values()],
        saveHealth: async (health) => void this.health.set(health.service, health),
        forgetHealth: async (service) => void this.health.delete(service),
        openFor: async (service) => {
          const found = [...this.open.values()].find(({ fingerprint }) => fingerprint.endsWith(`:${service}`));
          return found && anIncident(service, found);
        },
        report: async ({ service, fingerprint, title, detail }) => {
          this.told.push(`${this.open.has(fingerprint) ? 'again' : 'opened'} ${title} · ${detail}`);
          const created = !this.open.has(fingerprint);
          this.open.set(fingerprint, { fingerprint, title, detail });
          return { incident: anIncident(service, { fingerprint, title, detail }), created };
        },
        resolve: async (which, detail) => {
          const fingerprint = 'fingerprint' in which ? which.fingerprint : '';
          if (this.open.delete(fingerprint)) this.told.push(`resolved ${fingerprint}${detail ? ` · ${detail}` : ''}`);
          return undefined;
        },
      },
      availability: {
        watching: async (span) => span ?? ++this.spans,
        count: async (service, as) => void this.counted.push({ service, as }),
      },
      maintenance: async () => this.maintenance,
      leads: async () => true,
      now: () => new Date(),
      log: () => {},
      ...over,
    };
  }

  watch(services: readonly Service[], over: Partial<MonitorPorts> = {}) {
    return startMonitor(this.ports(services, over));
  }
}

function anIncident(service: string, found: Pick<Incident, 'fingerprint' | 'title' | 'detail'>): Incident {
  return {
    id: 1,
    service,
    severity: 1,
    state: 'open',
    count: 1,
    startedAt: new Date(),
    resolvedAt: null,
    acknowledgedBy: null,
    recoveryId: null,
    ...found,
  };
}
