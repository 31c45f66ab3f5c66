import { Registry } from 'prom-client';
import type { Status } from '../engine/engine.js';
import type { StoredEvent } from '../engine/ports.js';
import { countEvent } from './event-counters.js';
import { createInstruments } from './instruments.js';
import { type ProcessFacts, setGauges } from './status-gauges.js';

export interface Metrics {
  registry: Registry;
  /** Counts a stored event; to be called once for each, in one process of an installation. */
  onEvent(event: StoredEvent): void;
  /** Sets the gauges; to be called right before they are read. */
  gauges(status: Status, facts?: ProcessFacts): void;
  /** The store did not answer: nothing is known but that. */
  storeDown(): void;
  onRequest(request: { method: string; route: string; status: number; durationMs: number }): void;
  /** How soon a chat platform has its answers. */
  chatTiming(platform: string): { answered(tookMs: number): void; late(): void };
}

/** The metrics of one process; names of the source documents. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const instruments = createInstruments(registry);
  return {
    registry,
    onEvent: (event) => countEvent(instruments, event),
    gauges: (status, facts = {}) => setGauges(instruments, status, facts),
    storeDown: () => instruments.dbPoolHealthy.set(0),
    onRequest: ({ method, route, status, durationMs }) =>
      instruments.httpDuration.observe({ method, route, status: String(status) }, durationMs / 1_000),
    chatTiming: (platform) => ({
      answered: (tookMs) => instruments.chatAcks.observe({ platform }, tookMs / 1_000),
      late: () => instruments.chatAcksLate.inc({ platform }),
    }),
  };
}
