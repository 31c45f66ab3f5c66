import { longForm } from '../runbook.js';
import type { Strategy } from './strategy.js';

/** How long what stands by may take to show that it is well. */
const LOOK_FOR = '15s';

/**
 * Another service takes over, by the steps of the configuration: what stands by must be well before anything is done; then
 * it is made ready, and people are led to it. That it helped is verified as after every strategy, by the service's own
 * health check, which should ask where people ask. No runtime of this version does this by itself.
 */
export const failover: Strategy = {
  name: 'failover',
  description: 'Let the service that stands by take over',
  compile({ name, failover: how }) {
    if (!how) return undefined;
    const look = {
      ...longForm({ action: 'check_health', with: { service: how.to, within: LOOK_FOR } }),
      id: 'standby',
      name: `Is ${how.to} well enough to take over from ${name}?`,
    };
    return [look, ...how.promote, ...how.switch];
  },
};
