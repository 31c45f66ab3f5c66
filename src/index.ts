/** The library: what a program of your own may use of Reviver. */
export {
  type CallBreakers,
  type OpenBreakersOptions,
  openBreakers,
  RecoveryConstitutionalError,
} from './app/library.js';
export {
  type ExecutionResult,
  type OpenRecovery,
  openRecovery,
  RecoveryExecutor,
  type RecoveryIncident,
  type RecoveryPlan,
  RecoveryPlanner,
} from './app/recovery-library.js';
