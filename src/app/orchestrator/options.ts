import type { Constitution } from '../../engine/constitution/constitution.js';
import type { Log } from '../../engine/ports.js';
import type { CircuitBreakerRegistry } from '../circuit-breaker/registry.js';
import type { RecoveryPolicy } from './recovery-policy.js';

/** What brings a service back. It may be called again, so it must be safe to repeat; what it throws fails the attempt. */
export type RecoverFn = (service: string, attempt: { attempt: number; signal: AbortSignal }) => unknown;

export interface RecoveryOrchestratorOptions {
  /** For services that have none of their own. */
  defaultPolicy?: RecoveryPolicy;
  /** Validated at start, scheduling, execution and policy setting; default: the documents'. */
  constitutionalHash?: string;
  /** The rules of an installation, such as `loadConstitution` gives: which hash is right, and what is forbidden. Default: the documents' hash. */
  constitution?: Constitution;
  /** Absent: an attempt resets the circuit breaker and asks the health check, as the document has it. */
  recover?: RecoverFn;
  /** Breakers by the names of the services. */
  circuitBreakers?: CircuitBreakerRegistry;
  /** Default 3. */
  maxConcurrentRecoveries?: number;
  /** Of one attempt, its health check included; default 30 s. */
  attemptTimeoutMs?: number;
  /** Reviver's schema is made in it where it is not there. Absent: all is kept in the memory of this process. */
  databaseUrl?: string;
  /** With a database: other processes hear at once. Without it they look every second. */
  redisUrl?: string;
  /** With a database: orchestrators of the same name share their work, and all know the same services. Default `library`. */
  name?: string;
  /** In memory: how many ended recoveries are kept; default 1000. */
  historyLimit?: number;
  /** Default: nothing is said. */
  log?: Log;
}

/** The same with the document's names. */
export interface DocumentOptions {
  default_policy?: RecoveryPolicy;
  constitutional_hash?: string;
}
