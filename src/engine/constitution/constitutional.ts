import { RecoveryConstitutionalError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';

/** @param why without a capital letter and a full stop, as rules and guard give it: people may read it in their language */
export function constitutional(why: string, facts: JsonObject = {}): RecoveryConstitutionalError {
  const message = `${why.slice(0, 1).toUpperCase()}${why.slice(1)}. Nothing was changed.`;
  return new RecoveryConstitutionalError(message, facts, { kind: 'constitution', why });
}
