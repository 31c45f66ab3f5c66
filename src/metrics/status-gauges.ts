import type { Status } from '../engine/engine.js';
import type { Instruments } from './instruments.js';

/** What `Status` does not tell. */
export interface ProcessFacts {
  outboxPending?: number;
}

/** Sets every gauge; a service that is no longer configured loses its samples. */
export function setGauges(instruments: Instruments, status: Status, facts: ProcessFacts): void {
  instruments.active.set(status.activeRecoveries);
  instruments.queued.set(status.queuedRecoveries);
  instruments.approvalsPending.set(status.awaitingPeople);
  instruments.unknownOutcomes.set(status.unknownOutcomes);
  setWorkers(instruments, status);
  instruments.dbPoolHealthy.set(status.postgres === 'ok' ? 1 : 0);
  if (facts.outboxPending !== undefined) instruments.outboxPending.set(facts.outboxPending);

  const { serviceHealth, breaker, connections, errorRate } = instruments;
  for (const gauge of [serviceHealth, breaker, connections, errorRate]) gauge.reset();
  for (const [service, { status: health }] of Object.entries(status.services)) {
    if (health !== 'unknown') serviceHealth.set({ service }, health === 'healthy' ? 1 : 0);
  }
  for (const { service, state, inFlight, errorRate: failed } of Object.values(status.breakers)) {
    breaker.set({ service }, STATES[state]);
    connections.set({ service }, inFlight);
    if (failed !== null) errorRate.set({ service }, failed);
  }
}

/** A worker of two pools counts in both; a pool without any has a zero to raise an alarm on. */
function setWorkers({ workers: gauge }: Instruments, { workers, pools }: Status): void {
  gauge.reset();
  for (const pool of pools)
    if (!workers.some((worker) => worker.pools.includes(pool))) gauge.set({ pool, version: 'none' }, 0);
  for (const { pools: own, version } of workers) for (const pool of own) gauge.inc({ pool, version });
}

/** The numbers of the source document. */
const STATES = { closed: 0, half_open: 1, open: 2 } as const;
