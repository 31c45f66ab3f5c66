import { z } from 'zod';
import type { Log } from '../../../engine/ports.js';
import type { ChatInput, Standing } from '../../port.js';
import type { Clients } from '../connection/clients.js';
import type { Identity } from '../connection/identity.js';
import type { Sense } from '../connection/sense.js';
import type { Channels } from '../outbound/channels.js';
import { codeOf, portError } from '../outbound/refusal.js';
import { heard } from '../outbound/speech.js';
import { doubtOfUser, sharedWithOthers, slackChannel, slackUser } from './doubts.js';
import { remembered } from './remembered.js';

/** Who people are, as Slack says. Fails closed: who cannot be looked up is not vouched for. */
export interface People {
  standing(input: Pick<ChatInput, 'user' | 'origin' | 'text'>): Promise<Standing>;
  /** Slack told of a change: it is asked anew. */
  groupsChanged(): void;
  channelChanged(channel: string): void;
}

export interface PeopleOptions {
  clients: Clients;
  speaks: Sense;
  channels: Channels;
  identity(): Identity | undefined;
  /** User groups that mean something; none: they are never asked for. Absent: any may. */
  groups?: readonly string[];
  log: Log;
}

/** Limits of Slack: users.info 100 a minute, conversations.info 50, usergroups.list 20. */
const PERSON_MS = 60_000;
const GROUPS_MS = 60_000;
const CHANNEL_MS = 60_000;
/** For a decision the channel is asked anew; many decisions in one moment share the answer. */
const CHANNEL_FOR_DECISION_MS = 2_000;
const DECISION = /^\s*(?:approve|reject)\b/i;
const DIRECT = /^[UWD]/;
/** Groups are a paid feature, and their scope is optional: without them nobody is in any. */
const NO_GROUPS = new Set(['plan_upgrade_required', 'missing_scope', 'paid_teams_only']);

const userGroups = z.object({
  usergroups: z.array(z.object({ id: z.string(), users: z.array(z.string()).optional() })),
});

export function createPeople({ clients, speaks, channels, identity, groups, log }: PeopleOptions): People {
  const client = clients.people;
  const users = remembered(async (user) =>
    z.object({ user: slackUser }).parse(await heard(speaks, () => client.users.info({ user }))),
  );
  const places = remembered(async (channel) =>
    z.object({ channel: slackChannel }).parse(await heard(speaks, () => client.conversations.info({ channel }))),
  );
  const members = remembered(async () => {
    const listed = await heard(speaks, () => client.usergroups.list({ include_users: true })).catch(
      (error: unknown) => {
        const code = codeOf(error) ?? '';
        if (!NO_GROUPS.has(code)) throw error;
        log('warn', 'slack:no_user_groups', { reason: code });
        return { usergroups: [] };
      },
    );
    return userGroups.parse(listed).usergroups;
  });

  async function groupsOf(user: string): Promise<string[]> {
    if (groups?.length === 0) return [];
    const all = await members.get('all', GROUPS_MS);
    return all.flatMap((group) => (group.users?.includes(user) ? [group.id] : []));
  }

  async function isShared(asked: string, user: string, text: string): Promise<boolean> {
    if (asked === user || DIRECT.test(asked)) return false;
    const channel = await channels.actual(asked);
    const maxAgeMs = DECISION.test(text) ? CHANNEL_FOR_DECISION_MS : CHANNEL_MS;
    return sharedWithOthers((await places.get(channel, maxAgeMs)).channel);
  }

  return {
    async standing({ user, origin, text }) {
      const own = identity();
      if (!own) return { sound: false, doubt: 'unreachable' };
      try {
        const [known, shared, memberOf] = await Promise.all([
          users.get(user, PERSON_MS),
          isShared(origin.channel ?? user, user, text),
          groupsOf(user),
        ]);
        const doubt = doubtOfUser(known.user, own) ?? (shared ? ('external_channel' as const) : undefined);
        return doubt ? { sound: false, doubt } : { sound: true, groups: memberOf };
      } catch (error) {
        log('warn', 'slack:standing_unknown', { error: portError(error, 'who is it', origin.channel ?? user).message });
        return { sound: false, doubt: codeOf(error) === 'user_not_visible' ? 'external' : 'unreachable' };
      }
    },
    groupsChanged: () => members.forget(),
    channelChanged: (channel) => places.forget(channel),
  };
}
