import type { InvalidInput } from '../../model/errors.js';
import type { Found, Rule } from '../rule.js';
import { callsOf } from './known-things.js';

export const badInput: Rule = {
  id: 'bad-input',
  severity: 'error',
  why: 'An action refuses an input that it does not know, or that is not of its kind.',
  fix: 'Write what the action expects; docs/runbooks.md lists the inputs.',
  find: ({ steps }) => [
    ...callsOf(steps).flatMap(({ refused, path, name }) => (refused ? [told(refused, path, name)] : [])),
    ...steps.flatMap(({ refused, path, title }) => (refused ? [told(refused, path, title)] : [])),
  ],
};

/** The field of such an error begins where its input does: `.service`, `.with.steps.0`. */
function told({ facts }: InvalidInput, path: readonly PropertyKey[], name: string): Found {
  const field = String(facts.field ?? '');
  const inner = field.split(/[.[\]]/).filter((part) => part !== '' && part !== 'with');
  const outer = typeof path.at(-1) === 'number' || inner.length > 0 ? [...path, 'with', ...inner] : path;
  return {
    path: outer,
    says: `${name} refuses ${String(facts.value)}${inner.length > 0 ? ` for ${inner.join('.')}` : ''}`,
    mend: `Expected: ${String(facts.allowed)}.`,
  };
}
