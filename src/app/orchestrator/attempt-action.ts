import { z } from 'zod';
import { type Action, ActionError } from '../../engine/actions/action.js';
import { defineAction } from '../../engine/actions/define-action.js';
import type { HealthResult } from '../../engine/health/check.js';
import type { CircuitBreakerRegistry } from '../circuit-breaker/registry.js';
import { RECOVER } from './attempt-plan.js';
import type { RecoverFn } from './options.js';
import type { HealthCheckFn } from './recovery-policy.js';

/** Made once: zod compiles each schema at its first use. */
const INPUT = z.strictObject({ service: z.string() });

export interface AttemptOptions {
  /** Number of the attempt; 1 is the first. */
  attempt: number;
  /** The plan says that a health check decides. */
  checked: boolean;
  recover: RecoverFn | undefined;
  checkOf(service: string): HealthCheckFn | undefined;
  circuitBreakers: CircuitBreakerRegistry | undefined;
}

/**
 * One attempt, as the document has it: what brings the service back, the breaker to half-open, the health check as the
 * call that it lets through. Without a check the breaker waits for the next call of whoever uses the service.
 */
export function attemptAction({ attempt, checked, recover, checkOf, circuitBreakers }: AttemptOptions): Action {
  return defineAction({
    name: RECOVER,
    description: 'Recovers a service by the functions of a program.',
    version: 1,
    input: INPUT,
    risk: 0.1,
    idempotent: true,
    timeoutMs: 30_000,
    services: ({ service }) => [service],
    title: ({ service }) => `Recover ${service}`,

    async run({ service }, { signal }) {
      const isHealthy = checkOf(service);
      if (checked && !isHealthy)
        throw new ActionError(`this process has no health check for ${service}: set its policy here, too`);
      await recover?.(service, { attempt, signal });
      signal.throwIfAborted();
      const look = isHealthy && (() => healthOf(isHealthy, signal));
      const tested = circuitBreakers?.has(service) ? await circuitBreakers.test(service, look, signal) : await look?.();
      if (tested && !tested.healthy) throw new ActionError(tested.detail, { code: 'unhealthy' });
      return { health_check_passed: tested ? true : null };
    },
  });
}

/** A check that throws has said no, and why. */
async function healthOf(isHealthy: HealthCheckFn, signal: AbortSignal): Promise<HealthResult> {
  const begunAt = performance.now();
  const answer = await ask(isHealthy, signal);
  return { ...answer, durationMs: performance.now() - begunAt };
}

async function ask(isHealthy: HealthCheckFn, signal: AbortSignal): Promise<Pick<HealthResult, 'healthy' | 'detail'>> {
  try {
    return (await isHealthy(signal))
      ? { healthy: true, detail: 'its health check holds' }
      : { healthy: false, detail: 'its health check says no' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { healthy: false, detail: `its health check failed: ${why}` };
  }
}
