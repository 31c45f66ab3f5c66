import type { ServiceHealth } from '../engine.js';
import type { Service } from '../model/service.js';
import type { HealthResult } from './check.js';
import { flaps, MOST_FALLS } from './flapping.js';

/**
 * What a new measurement makes of a service's health. `failures` bad ones in a row make it unhealthy, `successes` good
 * ones in a row make it healthy again; one good one is enough for a service of which nothing was known.
 */
export function judgeHealth(
  was: ServiceHealth | undefined,
  measured: HealthResult,
  service: Service,
  now: Date,
): ServiceHealth {
  const failures = measured.healthy ? 0 : (was?.consecutiveFailures ?? 0) + 1;
  const successes = measured.healthy ? (was?.consecutiveSuccesses ?? 0) + 1 : 0;
  const status = turnTo(was?.status ?? 'unknown', { failures, successes }, service);
  const fell = status === 'unhealthy' && was?.status === 'healthy';
  const falls = [...(was?.falls ?? []), ...(fell ? [now] : [])].slice(-MOST_FALLS);
  const since = was && was.status === status ? was.since : now;
  return {
    service: service.name,
    status,
    since,
    detail: measured.detail,
    consecutiveFailures: failures,
    // Counted for as long as it decides something: a count that grows for ever would be written for ever.
    consecutiveSuccesses: status === 'unhealthy' ? successes : 0,
    falls,
    flapping: flaps({ falls, since, was: was?.flapping ?? false }, service.flapping, now),
    ...(was?.causedBy !== undefined && status === 'unhealthy' ? { causedBy: was.causedBy } : {}),
  };
}

function turnTo(
  was: ServiceHealth['status'],
  { failures, successes }: { failures: number; successes: number },
  { health }: Service,
): ServiceHealth['status'] {
  const needed = (of: 'failures' | 'successes') => Math.max(1, ...health.map((check) => check[of] ?? 1));
  if (failures > 0) return failures >= needed('failures') ? 'unhealthy' : was;
  return was === 'unhealthy' && successes < needed('successes') ? 'unhealthy' : 'healthy';
}
