import { longForm } from '../runbook.js';
import type { Strategy } from './strategy.js';

/** Longer than it is waited for: whatever becomes of this recovery, a call is let through again in the end. */
const OPEN_FOR = '2m';
/** How long the service may take to come to itself when nobody calls it. */
const WITHIN = '90s';

/**
 * The callers are kept away, so that an overloaded service comes to itself; then they are let in again. Nothing is
 * restarted: a service that does not get well by rest alone needs another strategy, or `hybrid`. When it is not well
 * in time, what was opened is closed again, and calls decide.
 */
export const circuitBreak: Strategy = {
  name: 'circuit_break',
  description: 'Keep the callers away until the service is well by itself',
  compile({ name, breaker, health }) {
    // Without a health check nobody could tell when to let them in.
    if (!breaker?.enabled || health.length === 0) return undefined;
    return [
      longForm({ action: 'breaker_open', with: { service: name, for: OPEN_FOR } }),
      longForm({ action: 'check_health', with: { service: name, within: WITHIN } }),
      longForm({ action: 'breaker_reset', with: { service: name } }),
    ];
  },
};
