import { ActionError } from '../actions/action.js';
import type { Service } from '../model/service.js';
import type { Secrets } from './secrets.js';
import { bears, withItsSecrets } from './service-settings.js';

/** How a service gets its secrets. */
export type Settle = (service: Service, signal: AbortSignal) => Promise<Service>;

/**
 * For whoever asks every few seconds and changes nothing, such as health checks: a source is asked again after `freshMs`,
 * and while it cannot be reached, what it told last is good for `keptMs`. A service is not ill because Vault is away.
 */
export function createRecall(
  secrets: Pick<Secrets, 'resolve'>,
  { freshMs, keptMs, nowMs }: { freshMs: number; keptMs: number; nowMs: () => number },
): Settle {
  const told = new WeakMap<Service, { settled: Service; atMs: number }>();
  return async (service, signal) => {
    if (!bears(service)) return service;
    const last = told.get(service);
    const ageMs = last ? nowMs() - last.atMs : Number.POSITIVE_INFINITY;
    if (last && ageMs < freshMs) return last.settled;
    try {
      const settled = await withItsSecrets(service, secrets, signal);
      told.set(service, { settled, atMs: nowMs() });
      return settled;
    } catch (error) {
      const away = error instanceof ActionError && error.options.retryable !== false;
      if (last && away && ageMs < keptMs) return last.settled;
      throw error;
    }
  };
}
