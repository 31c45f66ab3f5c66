import { InvalidInput } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import { secretFields } from './credential.js';
import { inWords, referencesIn, textsOf } from './reference.js';

/**
 * Whoever writes a runbook says which secrets go where; whoever asks for one, and whatever an alert says, does not: it
 * could name any secret, and send it anywhere. A reference in an input must stand whole in what was written.
 * @param written the call as its author has it, and the parameters, which were looked at before
 */
export function refuseForeign(
  input: unknown,
  written: readonly unknown[],
  action: Parameters<typeof secretFields>[0],
  where: string,
): void {
  const known = new Set(written.flatMap(namesIn));
  const given: JsonObject = Object(input);
  for (const field of secretFields(action))
    for (const name of namesIn(given[field]))
      if (!known.has(name))
        throw new InvalidInput(`${where}.${field}`, name, 'a reference to a secret that stands whole in the runbook');
}

/** Parameters that somebody gives name no secrets, unless the runbook names the same by default. */
export function refuseSecretParams(
  given: JsonObject,
  defaults: Readonly<Record<string, { default?: unknown }>>,
  where: string,
): void {
  for (const [name, value] of Object.entries(given)) {
    const [reference] = namesIn(value);
    if (reference !== undefined && value !== defaults[name]?.default)
      throw new InvalidInput(`${where}: parameter ${name}`, reference, 'a value: only a runbook itself names secrets');
  }
}

function namesIn(value: unknown): string[] {
  return textsOf(value).flatMap(({ text }) => referencesIn(text).map(inWords));
}
