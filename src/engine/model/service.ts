import type { RetryPolicy } from './retry-policy.js';

export const RUNTIMES = ['docker', 'compose', 'kubernetes', 'process', 'systemd'] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

export const STRATEGIES = [
  'restart',
  'rollback',
  'circuit_break',
  'scale_up',
  'scale_down',
  'failover',
  'recreate',
  'hybrid',
] as const;

export type Criticality = 'critical' | 'high' | 'medium' | 'low';

/** One way to ask a service whether it is well. `failures` in a row make it unhealthy. */
export interface HealthCheck {
  type: 'http' | 'tcp' | 'redis' | 'postgres' | 'container' | 'command';
  /** http, redis and postgres: a URL; tcp: `tcp://host:port`. */
  url?: string;
  /** command: program and arguments, never a shell line. */
  command?: string[];
  /** http: statuses that count as healthy; default 200-399. */
  expectStatus?: number[];
  intervalMs: number;
  timeoutMs: number;
  failures: number;
}

/** A thing that can be recovered. */
export interface Service {
  name: string;
  runtime: RuntimeName;
  process?: { command: string[]; cwd: string; env: Record<string, string> };
  containerName?: string;
  health: HealthCheck[];
  recoveryStrategies: string[];
  maxRecoveryAttempts: number;
  /** Retries of a recovery as a whole; absent: one attempt. */
  retryPolicy?: RetryPolicy;
  criticality: Criticality;
  /** 1 is served first, 10 last. */
  priority: number;
  dependsOn: string[];
  /** Per cent of time, such as 99.95. */
  targetAvailability?: number;
  /** Folder in which the service keeps its data (Redis: where dump.rdb lies). */
  dataDir?: string;
}
