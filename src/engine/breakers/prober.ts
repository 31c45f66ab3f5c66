import type { HealthResult } from '../health/check.js';
import type { Service } from '../model/service.js';
import type { Log } from '../ports.js';
import type { Breakers } from './breakers.js';

export interface ProberPorts {
  breakers: Pick<Breakers, 'due' | 'probe'>;
  services(): readonly Service[];
  check(service: Service, signal: AbortSignal): Promise<HealthResult>;
  /** False while another process does it; two would be no harm, since one call alone is let through. */
  leads(): Promise<boolean>;
  log: Log;
}

const LOOK_EVERY_MS = 500;

/**
 * Makes the one call that an open breaker lets through, as a health check: when its time is over, or right after a recovery
 * that succeeded. A service without a check waits for the next call of whoever uses it.
 */
export function startProber({ breakers, services, check, leads, log }: ProberPorts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Map<string, Promise<void>>();

  async function look(): Promise<void> {
    const due = new Set(breakers.due());
    const checked = services().filter(({ name, health }) => due.has(name) && health.length > 0 && !running.has(name));
    if (checked.length === 0 || !(await leads()) || signal.aborted) return;
    for (const service of checked) running.set(service.name, probe(service));
  }

  async function probe(service: Service): Promise<void> {
    try {
      await breakers.probe(service.name, () => check(service, signal), signal);
    } catch (error) {
      log('debug', 'no trial call', { service: service.name, error: String(error) });
    } finally {
      running.delete(service.name);
    }
  }

  const looks = setInterval(
    () =>
      void look().catch((error: unknown) =>
        log('debug', 'no look for breakers that are due', { error: String(error) }),
      ),
    LOOK_EVERY_MS,
  );
  return {
    async stop() {
      clearInterval(looks);
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  };
}
