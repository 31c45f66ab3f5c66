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
  onSockets(open: number): void;
  onCutOff(reason: string): void;
  onAlerts(source: string, counts: { firing: number; resolved: number; deduplicated: number }): void;
  onAlertsRefused(source: string, code: string): void;
  onAlertPost(platform: string): void;
  /** How soon a chat platform has its answers. */
  chatTiming(platform: string): { answered(tookMs: number): void; late(): void };
  /** How soon it takes what is sent to it. */
  sendTiming(platform: string): { sent(tookMs: number): void; failed(reason: string): void };
}

/** The metrics of one process; names of the source documents. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const instruments = createInstruments(registry);
  instruments.build.set({ version, node: process.version }, 1);
  return {
    registry,
    onEvent: (event) => countEvent(instruments, event),
    gauges: (status, facts = {}) => setGauges(instruments, status, facts),
    storeDown: () => instruments.dbPoolHealthy.set(0),
    onRequest: ({ method, route, status, durationMs }) =>
      instruments.httpDuration.observe({ method, route, status: String(status) }, durationMs / 1_000),
    onSockets: (open) => instruments.sockets.set(open),
    onCutOff: (reason) => instruments.socketsCutOff.inc({ reason }),
    onAlerts(source, { firing, resolved, deduplicated }) {
      instruments.alertsReceived.inc({ source, status: 'firing' }, firing);
      instruments.alertsReceived.inc({ source, status: 'resolved' }, resolved);
      instruments.alertsDeduplicated.inc(deduplicated);
    },
    onAlertsRefused: (source, code) => instruments.alertsRefused.inc({ source, code }),
    onAlertPost: (platform) => instruments.alertPosts.inc({ platform }),
    chatTiming: (platform) => ({
      answered: (tookMs) => instruments.chatAcks.observe({ platform }, tookMs / 1_000),
      late: () => instruments.chatAcksLate.inc({ platform }),
    }),
    sendTiming: (platform) => ({
      sent: (tookMs) => instruments.chatSends.observe({ platform }, tookMs / 1_000),
      failed: (reason) => instruments.chatSendFailures.inc({ platform, reason }),
    }),
  };
}
