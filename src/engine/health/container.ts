import { healthy, type Probe, unhealthy } from './probe.js';

/**
 * The service's own runtime says whether it runs; and where the container, by Docker's HEALTHCHECK, says of itself how it
 * is, that counts too. One that is starting is not well yet.
 */
export const checkContainer: Probe = async (_check, signal, _run, look) => {
  if (!look) return unhealthy('nobody here can look at the container');
  const { status, summary, facts } = await look(signal);
  if (status !== 'running') return unhealthy(summary);
  const says = facts.health;
  if (typeof says !== 'string' || says === 'none' || says === 'healthy') return healthy(summary);
  return unhealthy(`${summary} says of itself: ${says}`);
};
