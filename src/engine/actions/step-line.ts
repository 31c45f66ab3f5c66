import type { JsonObject } from '../model/json.js';
import { redact, redactJson } from '../model/redact.js';
import { canonicalJson } from '../planner/digest.js';
import type { Action } from './action.js';
import { parseShortStep } from './short-step.js';

/**
 * A call as one line of text: in the short form where that says all of it, such as `stop_service: redis`, else as JSON,
 * `{"action":"scale_service","with":{"service":"web","by":1}}`. Secrets are taken out, so JSON names a call and is none.
 */
export function stepLine(action: Action, input: JsonObject): string {
  const short = shortLine(action, input);
  if (short !== undefined && redact(short) === short) return short;
  return JSON.stringify({ action: action.name, with: redactJson(input) });
}

function shortLine(action: Action, input: JsonObject): string | undefined {
  const value = action.shorthand === undefined ? undefined : input[action.shorthand];
  const line = typeof value === 'string' ? `${action.name}: ${value}` : action.name;
  if (CONTROL.test(line)) return undefined;
  const read = action.input.safeParse(parseShortStep(line, new Map([[action.name, action]])).input);
  return read.success && canonicalJson(read.data) === canonicalJson(input) ? line : undefined;
}

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
