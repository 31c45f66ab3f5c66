import type { Person, Role } from '../../engine/model/person.js';
import type { GroupRoles } from '../identity.js';
import type { PostOptions } from '../port.js';

/** Who is called: a group of the platform that has the role, or else people by name. */
export interface Call {
  role: Role;
  /** Called by name where no group is. */
  people: readonly string[];
  /** Called by name in any case: whoever asked. Where none of them is on the platform, all who have the role are called. */
  asker?: string;
}

/** Ids by which people are called on a platform: a group calls all of its people at once. */
export type Mentions = (call: Call, platform: string) => Mention[];

type Mention = NonNullable<PostOptions['mention']>[number];

export function createMentions(people: () => readonly Person[], groups: readonly GroupRoles[]): Mentions {
  return ({ people: names, role, asker }, platform) => {
    const called = (is: (person: Person) => boolean): Mention[] =>
      people()
        .filter(is)
        .flatMap(({ name, ids }) => {
          const id = Object.hasOwn(ids, platform) ? ids[platform] : undefined;
          return id === undefined ? [] : [{ id, name, kind: 'person' as const }];
        });
    const whole = groups.filter((each) => each.platform === platform && each.roles.includes(role));
    const known = called(({ name }) => name === asker);
    const asked = known.length > 0 ? known : knownByGroup(asker, platform);
    if (whole.length > 0)
      return [...asked, ...whole.map(({ group }) => ({ id: group, name: group, kind: 'group' as const }))];
    const others = called(({ name }) => names.includes(name) && name !== asker);
    if (asker === undefined || asked.length + others.length > 0) return [...asked, ...others];
    return called(({ roles }) => roles.includes(role));
  };
}

/** Whoever is known by a group alone is named by platform and id. */
function knownByGroup(name: string | undefined, platform: string): Mention[] {
  const id = name?.startsWith(`${platform}:`) ? name.slice(platform.length + 1) : '';
  return id === '' ? [] : [{ id, name: id, kind: 'person' }];
}
