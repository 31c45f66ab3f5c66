import { ActionError } from '../actions/action.js';
import type { HealthResult } from '../health/check.js';
import { type CheckHands, checkService } from '../health/check-service.js';
import type { Service } from '../model/service.js';
import type { Settle } from './recall.js';

/** The checks of a service with the secrets that they name. A check whose secret cannot be had is a bad answer that says so. */
export async function checkWithSecrets(
  service: Service,
  settle: Settle,
  signal: AbortSignal,
  hands?: CheckHands,
): Promise<HealthResult | undefined> {
  const settled = await settle(service, signal).catch((error: unknown) => {
    if (error instanceof ActionError) return error;
    throw error;
  });
  if (settled instanceof ActionError) return { healthy: false, detail: `not asked: ${settled.message}`, durationMs: 0 };
  return checkService(settled, signal, hands);
}
