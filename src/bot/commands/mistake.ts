import { type ErrorCode, UserError } from '../../engine/model/errors.js';
import type { JsonObject } from '../../engine/model/json.js';
import type { Button } from '../port.js';

/** A refusal that offers the way out as buttons. The guess on a button is never executed by itself. */
export class Mistake extends UserError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly wayOut: Button[] = [],
    facts: JsonObject = {},
  ) {
    super(code, message, facts);
  }
}
