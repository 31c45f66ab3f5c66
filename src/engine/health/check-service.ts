import type { Service } from '../model/service.js';
import type { RuntimeStatus } from '../runtimes/runtime.js';
import type { HealthResult } from './check.js';
import type { RunProgram } from './probe.js';
import { runHealthCheck } from './run-health-check.js';

/** What checks reach out with: programs of command checks, and the runtime of container checks. */
export interface CheckHands {
  run?: RunProgram;
  look?: (service: string, signal: AbortSignal) => Promise<RuntimeStatus>;
}

/** All checks of a service, side by side: it is healthy when every one is. Undefined when it has none. */
export async function checkService(
  service: Service,
  signal?: AbortSignal,
  { run, look }: CheckHands = {},
): Promise<HealthResult | undefined> {
  if (service.health.length === 0) return undefined;
  const results = await Promise.all(
    service.health.map((check) =>
      runHealthCheck(check, signal, run, look && ((limited) => look(service.name, limited))),
    ),
  );
  const failed = results.filter((result) => !result.healthy);
  const told = failed.length > 0 ? failed : results;
  return {
    healthy: failed.length === 0,
    detail: told.map((result) => result.detail).join('; '),
    durationMs: Math.max(...results.map((result) => result.durationMs)),
    facts: Object.assign({}, ...results.map((result) => result.facts ?? {})),
  };
}
