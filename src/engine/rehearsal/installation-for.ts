import type { Service } from '../model/service.js';
import { findService } from '../planner/candidates.js';
import type { Runbook } from '../planner/runbook.js';
import type { Installation } from './imagined-plan.js';

/** What is known of an installation; `configured` is absent where there is no configuration. */
export interface Known extends Omit<Installation, 'services' | 'backups' | 'pools'> {
  configured:
    | (Pick<Installation, 'services' | 'pools'> & { backups: NonNullable<Installation['backups']> })
    | undefined;
}

/**
 * An installation in which a runbook can be planned: the configured one; without a configuration, one that has every
 * service, backup and pool that the runbooks speak of. Throws `NotFound` for a service that is not configured.
 */
export function installationFor(runbook: Runbook, service: string, { configured, ...known }: Known): Installation {
  const runbooks = [runbook, ...known.runbooks.filter(({ id }) => id !== runbook.id)];
  if (configured) {
    findService(service, configured.services);
    return { ...known, ...configured, runbooks };
  }
  const words = new Set([service, ...runbooks.flatMap((one) => [...one.match.services, ...wordsIn(one.steps)])]);
  return {
    ...known,
    runbooks,
    services: [...words].map(imagined),
    backups: undefined,
    pools: [
      'default',
      ...valuesOf(
        'pool',
        runbooks.map(({ steps }) => steps),
      ),
    ],
  };
}

/** A service of which nothing is known but its name; it has a health check, as it should. */
function imagined(name: string): Service {
  return {
    name,
    runtime: 'process',
    health: [{ type: 'tcp', url: 'tcp://127.0.0.1:1', intervalMs: 1_000, timeoutMs: 1_000, failures: 1 }],
    recoveryStrategies: [],
    maxRecoveryAttempts: 1,
    criticality: 'medium',
    priority: 5,
    dependsOn: [],
  };
}

/** Whatever may be the name of a service: `service: NAME` anywhere, and what follows the colon of a short step. */
function wordsIn(steps: Runbook['steps']): string[] {
  const short = steps.flatMap((step) => (typeof step === 'string' ? [step.slice(step.indexOf(':') + 1).trim()] : []));
  const inGroups = valuesOf('steps', steps).flatMap((text) =>
    text.includes(':') ? [text.slice(text.indexOf(':') + 1).trim()] : [],
  );
  return [...short, ...inGroups, ...valuesOf('service', steps)].filter((word) => /^[\w.-]+$/.test(word));
}

/** Every text under this key, and in a list under it. */
function valuesOf(key: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesOf(key, one));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    const own = name === key ? [one].flat().filter((text) => typeof text === 'string') : [];
    return [...own, ...valuesOf(key, one)];
  });
}
