import { z } from 'zod';
import { BOT, BOT_USER, type SlackChannel, type SlackPerson } from '../workspace.js';
import { flag, type Method, method, Refused } from './method.js';

export const people: Record<string, Method> = {
  'auth.test': method(z.strictObject({}), {
    tier: 'special',
    scopes: [],
    run: (_, { workspace: { team } }) => ({
      url: 'https://team.slack.test/',
      team: 'Team',
      user: 'reviver',
      team_id: team.id,
      user_id: BOT_USER,
      bot_id: BOT,
      ...(team.enterprise ? { enterprise_id: team.enterprise } : {}),
      is_enterprise_install: false,
    }),
  }),
  'apps.connections.open': method(z.strictObject({}), {
    tier: 3,
    scopes: [],
    token: 'app',
    run: (_, { oneShots, url }) => ({
      url: `${url.replace(/^http/, 'ws')}/link?ticket=${oneShots.ticket()}`,
    }),
  }),
  'users.info': method(z.strictObject({ user: z.string() }), {
    tier: 4,
    scopes: ['users:read'],
    run({ user }, { workspace }) {
      const person = workspace.people.get(user);
      if (!person) throw new Refused('user_not_found');
      return { user: userJson(person) };
    },
  }),
  'conversations.info': method(z.strictObject({ channel: z.string() }), {
    tier: 3,
    scopes: ['channels:read', 'groups:read'],
    run({ channel: asked }, { workspace }) {
      const channel = workspace.channels.get(asked);
      if (!channel || (channel.private && !channel.members.has(BOT_USER))) throw new Refused('channel_not_found');
      return { channel: channelJson(channel) };
    },
  }),
  'usergroups.list': method(
    z.strictObject({
      include_users: flag.optional(),
      include_disabled: flag.optional(),
      include_count: flag.optional(),
    }),
    {
      tier: 2,
      scopes: ['usergroups:read'],
      run: ({ include_users }, { workspace }) => ({
        usergroups: [...workspace.groups.values()].map(({ id, handle, users }) => ({
          id,
          handle,
          is_usergroup: true,
          ...(include_users ? { users } : {}),
        })),
      }),
    },
  ),
  'usergroups.users.list': method(z.strictObject({ usergroup: z.string(), include_disabled: flag.optional() }), {
    tier: 2,
    scopes: ['usergroups:read'],
    run({ usergroup }, { workspace }) {
      const group = workspace.groups.get(usergroup);
      if (!group) throw new Refused('no_such_subteam');
      return { users: group.users };
    },
  }),
};

function userJson({ id, name, team, deleted, bot, guest, stranger, enterprise }: SlackPerson) {
  return {
    id,
    name,
    team_id: team,
    deleted,
    is_bot: bot,
    is_restricted: guest,
    is_ultra_restricted: false,
    is_stranger: stranger,
    ...(enterprise === undefined ? {} : { enterprise_user: { id, enterprise_id: enterprise } }),
    profile: { real_name: name },
  };
}

function channelJson({ id, name, private: hidden, archived, members, extShared, orgShared }: SlackChannel) {
  return {
    id,
    name,
    is_channel: true,
    is_private: hidden,
    is_archived: archived,
    is_member: members.has(BOT_USER),
    is_shared: extShared || orgShared,
    is_ext_shared: extShared,
    is_org_shared: orgShared,
    is_pending_ext_shared: false,
  };
}
