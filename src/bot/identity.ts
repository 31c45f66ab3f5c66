import type { Person, Principal } from '../engine/model/person.js';
import type { ChatInput } from './port.js';

/** The person who acts, by the platform's id alone; undefined: nobody in the configuration. */
export function principalOf(
  input: Pick<ChatInput, 'origin' | 'user' | 'roles'>,
  people: readonly Person[],
): Principal | undefined {
  const { platform } = input.origin;
  const person = people.find(
    (candidate) => Object.hasOwn(candidate.ids, platform) && candidate.ids[platform] === input.user,
  );
  if (!person) return undefined;
  const roles = input.roles ? person.roles.filter((role) => input.roles?.includes(role)) : person.roles;
  return { name: person.name, roles, human: true, via: platform };
}
