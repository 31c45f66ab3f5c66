import { type ErrorCode, UserError } from '../../engine/model/errors.js';
import type { JsonObject } from '../../engine/model/json.js';
import type { Button } from '../port.js';
import { EN } from '../words/en/en.js';
import type { Words } from '../words/words.js';

/** A sentence that can be said in every language. */
export type Say = (words: Words) => string;

/**
 * A refusal of chat's own, with the way out as buttons. The guess on a button is never executed by itself. The message
 * is English, for the log and the audit; people read what `say` gives in their language.
 */
export class Mistake extends UserError {
  constructor(
    code: ErrorCode,
    readonly say: Say,
    readonly wayOut: Button[] = [],
    facts: JsonObject = {},
  ) {
    super(code, say(EN), facts);
  }
}
