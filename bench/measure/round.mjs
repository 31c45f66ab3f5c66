import { serverCpu } from '../cpu.mjs';
import { IN_FLIGHT } from '../load-size.mjs';
import { quantile } from '../stats.mjs';

const WARM_UP = 20;
/** Plans of one peer before it is the next one's turn. */
const BLOCK = 10;

/**
 * One round with fresh processes of all peers (`sessions`, by name): plans one at a time, a few of each peer in turns, so
 * that a moment's load on the machine meets them all; then each peer with many plans at once. Milliseconds; CPU
 * milliseconds a plan of the worker, the requester and the servers; MB of the worker at its peak.
 */
export async function measureRound(sessions, services, size) {
  const alone = await aloneInTurns(sessions, size.alonePlans);
  const round = {};
  for (const [peer, session] of Object.entries(sessions))
    round[peer] = { readyMs: session.readyMs, ...alone[peer], ...(await manyAtOnce(session, services, size)) };
  return round;
}

async function aloneInTurns(sessions, plans) {
  const all = Object.entries(sessions).map(([peer, { call }]) => ({ peer, call, latenciesMs: [], peakKb: 0 }));
  for (const { call } of all) await call('alone', { plans: WARM_UP });
  for (let done = 0; done < plans; done += BLOCK)
    for (const one of all) {
      const { latenciesMs, peakKb } = await one.call('alone', { plans: BLOCK });
      one.latenciesMs.push(...latenciesMs);
      one.peakKb = peakKb;
    }
  return Object.fromEntries(
    all.map(({ peer, latenciesMs, peakKb }) => [
      peer,
      {
        aloneP50Ms: quantile(latenciesMs, 0.5),
        aloneP95Ms: quantile(latenciesMs, 0.95),
        peakAloneMb: peakKb / 1_024,
      },
    ]),
  );
}

async function manyAtOnce({ call }, services, size) {
  const before = serverCpu(services);
  const many = await call('inFlight', { inFlight: IN_FLIGHT, ms: size.inFlightMs, plans: size.inFlightPlans });
  const servers = serverCpu(services, before);
  return {
    plansPerSecond: many.plansPerSecond,
    loadedP50Ms: quantile(many.latenciesMs, 0.5),
    loadedP95Ms: quantile(many.latenciesMs, 0.95),
    workerCpuMs: many.workerCpuMs / many.plans,
    requesterCpuMs: many.requesterCpuMs / many.plans,
    postgresCpuMs: perPlan(servers.postgres, many),
    redisCpuMs: perPlan(servers.redis, many),
    peakMb: many.peakKb / 1_024,
  };
}

function perPlan(cpuMs, { plans }) {
  return cpuMs === undefined ? undefined : cpuMs / plans;
}
