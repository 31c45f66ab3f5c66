import type { Person, Principal, Role } from '../engine/model/person.js';
import type { ChatInput } from './port.js';

/** A group of a platform whose members have roles. */
export interface GroupRoles {
  platform: string;
  group: string;
  roles: readonly Role[];
}

/**
 * The person who acts, by the platform's id alone, with the roles of the configuration and of the platform's groups;
 * undefined: nobody. Whoever is known by a group alone is named by platform and id: display names can be forged.
 */
export function principalOf(
  input: Pick<ChatInput, 'origin' | 'user' | 'roles'>,
  people: readonly Person[],
  byGroup: readonly Role[] = [],
): Principal | undefined {
  const { platform } = input.origin;
  const person = people.find(
    (candidate) => Object.hasOwn(candidate.ids, platform) && candidate.ids[platform] === input.user,
  );
  if (!person && byGroup.length === 0) return undefined;
  const all = [...new Set([...(person?.roles ?? []), ...byGroup])];
  const roles = input.roles ? all.filter((role) => input.roles?.includes(role)) : all;
  const name = person?.name ?? `${platform}:${input.user}`;
  return { name, roles, human: true, via: platform, ...(byGroup.length > 0 ? { byGroup } : {}) };
}

/** What the groups that someone is in give them. */
export function rolesOf(platform: string, groups: readonly string[], known: readonly GroupRoles[]): Role[] {
  const mine = known.filter((each) => each.platform === platform && groups.includes(each.group));
  return [...new Set(mine.flatMap(({ roles }) => roles))];
}
