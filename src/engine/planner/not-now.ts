import { UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';

/** It cannot be done as things are now, such as for want of a snapshot. Another plan may be possible. */
export class NotPossibleNow extends UserError {
  constructor(message: string, facts: JsonObject = {}) {
    super('conflict', message, facts);
  }
}

/** What was left out of a plan, for its explanation. */
export interface LeftOut {
  name: string;
  reason: string;
}

/** `rollback (There is no whole snapshot of web)` */
export function leftOutInWords(left: readonly LeftOut[]): string {
  return left.map(({ name, reason }) => `${name} (${firstSentence(reason)})`).join(', ');
}

/** The rest says that nothing was changed, and what to do about it. */
function firstSentence(text: string): string {
  return /^.*?[^.](?=\.(?:\s|$))/s.exec(text)?.[0] ?? text;
}
