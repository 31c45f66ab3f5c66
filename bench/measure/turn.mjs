import { serverCpu } from '../cpu.mjs';
import { IN_FLIGHT } from '../load-size.mjs';
import { inSession } from '../session/session.mjs';
import { quantile } from '../stats.mjs';

const WARM_UP = 20;

/**
 * A peer's turn in a round: fresh processes, plans one at a time, then many at once. Milliseconds; CPU milliseconds a
 * plan of the worker, the requester and the servers; MB of the worker at its peak.
 */
export function measureTurn(peer, place, services, size) {
  return inSession(peer, place, {}, async ({ readyMs, call }) => {
    const alone = await call('alone', { warmUp: WARM_UP, plans: size.alonePlans });
    const before = serverCpu(services);
    const many = await call('inFlight', { inFlight: IN_FLIGHT, ms: size.inFlightMs, plans: size.inFlightPlans });
    const servers = serverCpu(services, before);
    return {
      readyMs,
      aloneP50Ms: quantile(alone.latenciesMs, 0.5),
      aloneP95Ms: quantile(alone.latenciesMs, 0.95),
      plansPerSecond: many.plansPerSecond,
      loadedP50Ms: quantile(many.latenciesMs, 0.5),
      loadedP95Ms: quantile(many.latenciesMs, 0.95),
      workerCpuMs: many.workerCpuMs / many.plans,
      requesterCpuMs: many.requesterCpuMs / many.plans,
      postgresCpuMs: perPlan(servers.postgres, many),
      redisCpuMs: perPlan(servers.redis, many),
      peakAloneMb: alone.peakKb / 1_024,
      peakMb: many.peakKb / 1_024,
    };
  });
}

function perPlan(cpuMs, { plans }) {
  return cpuMs === undefined ? undefined : cpuMs / plans;
}
