import type { HealthCheck } from '../model/service.js';

export interface HealthResult {
  healthy: boolean;
  /** For people: `PING answers`, `connection refused`. */
  detail: string;
  durationMs: number;
  /** Measured facts, such as `keys`. */
  facts?: Record<string, number | string>;
}

/** Asks once. Never throws: a check that cannot be made is an unhealthy answer that says why. */
export type RunHealthCheck = (check: HealthCheck, signal?: AbortSignal) => Promise<HealthResult>;
