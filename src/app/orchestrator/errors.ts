import { RecoveryConstitutionalError, UserError } from '../../engine/model/errors.js';
import type { JsonObject } from '../../engine/model/json.js';

export { RecoveryConstitutionalError };

/** The orchestrator is not in a state for this call: it runs already, or does not, or the service is being recovered. */
export class RecoveryOrchestratorError extends UserError {
  constructor(message: string, facts: JsonObject = {}) {
    super('conflict', message, facts);
  }
}

/** A name, policy or strategy that cannot be; or a service of which nothing is scheduled. */
export class RecoveryValidationError extends UserError {
  constructor(message: string, facts: JsonObject = {}) {
    super('invalid_input', message, facts);
  }
}

/** What the engine refuses about a value is said as the document names it. */
export function validated<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError && error.code === 'invalid_input')
      throw new RecoveryValidationError(error.message, error.facts);
    throw error;
  }
}
