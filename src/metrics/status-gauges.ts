import type { Status } from '../engine/engine.js';
import { isTerminal, type Recovery } from '../engine/model/recovery.js';
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
  instruments.workers.set(status.workers.length);
  instruments.dbPoolHealthy.set(status.postgres === 'ok' ? 1 : 0);
  if (facts.outboxPending !== undefined) instruments.outboxPending.set(facts.outboxPending);

  const { serviceHealth, breaker, connections, errorRate } = instruments;
  for (const gauge of [serviceHealth, breaker, connections, errorRate]) gauge.reset();
  for (const [service, { status: health }] of Object.entries(status.services)) {
    if (health !== 'unknown') serviceHealth.set({ service }, health === 'healthy' ? 1 : 0);
    breaker.set({ service }, 0);
    connections.set({ service }, 0);
    errorRate.set({ service }, failedPerCent(status.recent, service));
  }
}

function failedPerCent(recent: Recovery[], service: string): number {
  const ended = recent.filter((recovery) => recovery.service === service && isTerminal(recovery.state));
  if (ended.length === 0) return 0;
  return (100 * ended.filter(({ state }) => state === 'FAILED' || state === 'ROLLED_BACK').length) / ended.length;
}
