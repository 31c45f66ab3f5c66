/** The library: what a program of your own may use of Reviver (docs/library.md). */

export { type AutoRecoveryOptions, AutoRecoverySystem } from './app/auto-recovery/auto-recovery-system.js';
export type { CustomRecoveryStrategy } from './app/auto-recovery/custom-strategy.js';
export {
  CircuitBreaker,
  circuitBreaker,
  circuitBreakerHealthCheck,
} from './app/circuit-breaker/circuit-breaker.js';
export { CircuitBreakerConfig } from './app/circuit-breaker/config.js';
export { CircuitBreakerRegistry, type CircuitBreakerState } from './app/circuit-breaker/registry.js';
export { type CallBreakers, type OpenBreakersOptions, openBreakers } from './app/library.js';
export {
  RecoveryConstitutionalError,
  RecoveryOrchestratorError,
  RecoveryValidationError,
} from './app/orchestrator/errors.js';
export { CONSTITUTIONAL_HASH, RecoveryState, RecoveryStrategy } from './app/orchestrator/names.js';
export type { RecoverFn, RecoveryOrchestratorOptions } from './app/orchestrator/options.js';
export { RecoveryOrchestrator } from './app/orchestrator/recovery-orchestrator.js';
export { type HealthCheckFn, RecoveryPolicy, type RecoveryPolicyOptions } from './app/orchestrator/recovery-policy.js';
export type { ScheduleOptions } from './app/orchestrator/schedule-request.js';
export type { RecoveryResult, RecoveryStatus, ServiceRecovery } from './app/orchestrator/status.js';
export {
  type ExecutionResult,
  type OpenRecovery,
  openRecovery,
  RecoveryExecutor,
  type RecoveryIncident,
  type RecoveryPlan,
  RecoveryPlanner,
} from './app/recovery-library.js';
