import type { AutoRules } from '../auto-recover/stage.js';
import type { FlappingRule } from '../health/flapping.js';
import type { RunbookStep } from '../planner/runbook.js';
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

export const CRITICALITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Criticality = (typeof CRITICALITIES)[number];

/** Priority by criticality: 1 is served first, 10 last. */
export const PRIORITY: Record<Criticality, number> = { critical: 1, high: 3, medium: 5, low: 8 };

/** Letters, digits, `.`, `_` and `-`, at most 63. */
export const SERVICE_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i;

/** One way to ask a service whether it is well. */
export interface HealthCheck {
  type: 'http' | 'tcp' | 'redis' | 'postgres' | 'container' | 'command';
  /** http, redis and postgres: a URL; tcp: `tcp://host:port`. */
  url?: string;
  /** command: program and arguments, never a shell line. */
  command?: string[];
  /** http: statuses that count as healthy; default 200-399. */
  expectStatus?: number[];
  intervalMs: number;
  /** Less than 5 s: the source document's limit. */
  timeoutMs: number;
  /** So many bad answers in a row make the service unhealthy. */
  failures: number;
  /** So many good ones in a row make it healthy again; absent: one. */
  successes?: number;
}

/** What a container may use. */
export interface ServiceSize {
  cpus?: number;
  memoryBytes?: number;
}

/** A workload of a Kubernetes cluster. */
export interface KubernetesPlace {
  namespace: string;
  kind: 'deployment' | 'statefulset' | 'daemonset';
  name: string;
  /** Of the kubeconfig; absent: its current one. */
  context?: string;
}

/** A folder whose room a service needs, and what in it may be removed for good when there is none left. */
export interface DiskFolder {
  /** Absolute. */
  folder: string;
  /** Names of files, with `*` and `?`; none: it is only measured. */
  remove: readonly string[];
  /** Younger ones stay. */
  olderThanMs: number;
  /** A quota of its own, which no file system knows. */
  limitBytes?: number;
}

/** How another service takes over: what makes it ready, and what leads people to it. */
export interface Failover {
  /** The service that stands by. */
  to: string;
  promote: readonly RunbookStep[];
  switch: readonly RunbookStep[];
}

/** Settings of a service's circuit breaker; names and defaults of the source document where it has them. */
export interface BreakerSettings {
  enabled: boolean;
  /** Failures in a row that open it. */
  failureThreshold: number;
  /** Share of failed calls over the last minute that opens it. */
  failureRateThreshold: number;
  /** How long it stays open before one call is let through; doubled each time that this call fails. */
  openMs: number;
  /** It never stays open for longer by itself. */
  maxOpenMs: number;
  requestTimeoutMs: number;
  /** Of one process. */
  maxConcurrentCalls: number;
}

/** A thing that can be recovered. */
export interface Service {
  name: string;
  runtime: RuntimeName;
  process?: { command: string[]; cwd: string; env: Record<string, string> };
  containerName?: string;
  /** `file` is absolute. */
  compose?: { file: string; service: string };
  kubernetes?: KubernetesPlace;
  systemd?: { unit: string };
  /** Sizes that a container may have, the smallest first. */
  sizes?: ServiceSize[];
  failover?: Failover;
  disk?: DiskFolder[];
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
  /** How often it falls ill before it is told of once for all; absent: three times within 10 min. */
  flapping?: FlappingRule;
  /** Its state is kept right before a plan of medium risk or more acts on it. */
  stateBackup?: boolean;
  /** Its state is kept every hour, too. */
  hourlySnapshots?: boolean;
  /** Folder in which the service keeps its data (Redis: where dump.rdb lies). */
  dataDir?: string;
  /** Absent: it has no circuit breaker. */
  breaker?: BreakerSettings;
  /** CEL: when it holds, a remedy runs without a click. Absent: never. */
  autoRecover?: string;
  /** The policy by which people are called; absent: the one named default. */
  escalation?: string;
  /** Recovery time objective: people are called when it is away for longer. */
  rtoMs?: number;
  /** It may be broken on purpose, to prove that it comes back. */
  drillAllowed?: true;
  /** How that earns and loses trust; absent: the defaults. */
  autoRecoverRules?: AutoRules;
  /** Absent: the configuration names it. */
  declared?: Declaration;
}

/** A container, or a workload of a cluster, that says of itself by its labels that it is a service. */
export interface Declaration {
  /** Its name. */
  container: string;
  /** Of a workload. */
  kubernetes?: KubernetesPlace;
  /** Reviver's own. */
  labels: Record<string, string>;
}
