import type { Person, Role } from '../../engine/model/person.js';
import type { GroupRoles } from '../identity.js';
import type { PostOptions } from '../port.js';

/** Ids by which people are called on a platform: a group that has the role calls all of them at once. */
export type Mentions = (
  who: { people: readonly string[]; role: Role },
  platform: string,
) => NonNullable<PostOptions['mention']>;

export function createMentions(people: () => readonly Person[], groups: readonly GroupRoles[]): Mentions {
  return ({ people: names, role }, platform) => {
    const whole = groups.filter((each) => each.platform === platform && each.roles.includes(role));
    if (whole.length > 0) return whole.map(({ group }) => ({ id: group, name: group, kind: 'group' }));
    return people().flatMap(({ name, ids }) => {
      const id = names.includes(name) && Object.hasOwn(ids, platform) ? ids[platform] : undefined;
      return id === undefined ? [] : [{ id, name, kind: 'person' as const }];
    });
  };
}
