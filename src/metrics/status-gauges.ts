import type { Status } from '../engine/engine.js';
import type { Instruments } from './instruments.js';

/** What `Status` does not tell. */
export interface ProcessFacts {
  backlog?: {
    outboxPending: number;
    outboxFailing: number;
    outboxOldestS: number;
    queueOldestS: number;
    approvalOldestS: number;
    /** Undefined: it was never heard of. */
    monitorSilentS?: number;
  };
  eventLoopLagS?: number;
}

/** Sets every gauge; a service that is no longer configured loses its samples. */
export function setGauges(instruments: Instruments, status: Status, facts: ProcessFacts): void {
  instruments.active.set(status.activeRecoveries);
  instruments.queued.set(status.queuedRecoveries);
  instruments.approvalsPending.set(status.awaitingPeople);
  instruments.unknownOutcomes.set(status.unknownOutcomes);
  setWorkers(instruments, status);
  instruments.dbPoolHealthy.set(status.postgres === 'ok' ? 1 : 0);
  if (facts.backlog) setBacklog(instruments, facts.backlog);
  if (facts.eventLoopLagS !== undefined) instruments.eventLoopLag.set(facts.eventLoopLagS);

  const { breaker, connections, errorRate } = instruments;
  for (const gauge of [breaker, connections, errorRate]) gauge.reset();
  setServices(instruments, status);
  for (const { service, state, inFlight, errorRate: failed } of Object.values(status.breakers)) {
    breaker.set({ service }, STATES[state]);
    connections.set({ service }, inFlight);
    if (failed !== null) errorRate.set({ service }, failed);
  }
}

function setBacklog(instruments: Instruments, backlog: NonNullable<ProcessFacts['backlog']>): void {
  instruments.outboxPending.set(backlog.outboxPending);
  instruments.outboxFailing.set(backlog.outboxFailing);
  instruments.outboxOldest.set(backlog.outboxOldestS);
  instruments.queueOldest.set(backlog.queueOldestS);
  instruments.approvalOldest.set(backlog.approvalOldestS);
  // Of what was never heard, this process has heard nothing for as long as it runs.
  instruments.monitorSilent.set(backlog.monitorSilentS ?? process.uptime());
}

function setServices(instruments: Instruments, status: Status): void {
  const { serviceHealth, availability, errorBudget, maintenance, flapping } = instruments;
  for (const gauge of [serviceHealth, availability, errorBudget, maintenance, flapping]) gauge.reset();
  for (const [service, is] of Object.entries(status.services)) {
    if (is.status !== 'unknown') serviceHealth.set({ service }, is.status === 'healthy' ? 1 : 0);
    if (is.availability?.percent !== undefined) availability.set({ service }, is.availability.percent);
    if (is.availability?.budget) errorBudget.set({ service }, is.availability.budget.left);
    maintenance.set({ service }, is.maintenance ? 1 : 0);
    flapping.set({ service }, is.flapping ? 1 : 0);
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
