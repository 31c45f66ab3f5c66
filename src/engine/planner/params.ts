import { InvalidInput, UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { Runbook } from './runbook.js';

/** Defaults filled in, types checked; an unknown or empty parameter says what is known. */
export function resolveParams(runbook: Runbook, given: JsonObject): JsonObject {
  const known = Object.keys(runbook.params);
  const stranger = Object.keys(given).find((key) => !known.includes(key));
  if (stranger !== undefined)
    throw new InvalidInput(
      `${runbook.id}: parameter ${stranger}`,
      given[stranger],
      known.length > 0 ? `one of the parameters ${known.join(', ')}` : 'no parameters, since this runbook has none',
    );
  const resolved: JsonObject = {};
  for (const [key, spec] of Object.entries(runbook.params)) {
    const value = given[key] ?? spec.default;
    if (value === undefined || value === '')
      throw new UserError(
        'invalid_input',
        `${runbook.id}: parameter ${key} must not be empty.${spec.enum ? ` Known: ${spec.enum.join(', ')}.` : ''}`,
        { field: key },
      );
    resolved[key] = typed(runbook.id, key, value, spec.type);
    const allowed: unknown[] | undefined = spec.enum;
    if (allowed && !allowed.includes(resolved[key]))
      throw new InvalidInput(`${runbook.id}: parameter ${key}`, value, `one of ${allowed.join(', ')}`);
  }
  return resolved;
}

function typed(
  runbook: string,
  key: string,
  value: unknown,
  type: 'string' | 'number' | 'boolean',
): string | number | boolean {
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (type === 'string' && plain) return String(value);
  const number =
    typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
  if (type === 'number' && Number.isFinite(number)) return number;
  if (type === 'boolean' && /^(true|false)$/.test(String(value))) return String(value) === 'true';
  throw new InvalidInput(`${runbook}: parameter ${key}`, value, `a ${type}`);
}
