import { z } from 'zod';
import { badRequest } from '../refusal.js';
import { BOT, type Chat, chatJson, type Membership, userJson, type World } from '../world.js';
import { type Method, method } from './method.js';
import { chatId, chatOf } from './places.js';

const command = z.strictObject({
  command: z.string().regex(/^[a-z0-9_]{1,32}$/),
  description: z.string().min(1).max(256),
});
const scope = z.strictObject({
  type: z.enum([
    'default',
    'all_private_chats',
    'all_group_chats',
    'all_chat_administrators',
    'chat',
    'chat_administrators',
    'chat_member',
  ]),
  chat_id: chatId.optional(),
  user_id: z.number().int().optional(),
});

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  getMe: method(z.strictObject({}), () => ({
    ...userJson(BOT),
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  })),
  getChat: method(z.strictObject({ chat_id: chatId }), (given, { world }) => chatJson(chatOf(world, given.chat_id))),
  getChatMember: method(z.strictObject({ chat_id: chatId, user_id: z.number().int() }), (given, { world }) =>
    memberJson(world, chatOf(world, given.chat_id), given.user_id),
  ),
  createForumTopic: method(
    z.strictObject({ chat_id: chatId, name: z.string().min(1).max(128), icon_color: z.number().int().optional() }),
    (given, { world, limits }) => {
      const chat = chatOf(world, given.chat_id);
      if (!chat.forum) throw badRequest('the chat is not a forum');
      if (!chat.botManagesTopics) throw badRequest('not enough rights to create a topic');
      limits.pass('message', chat);
      const id = chat.nextMessage++;
      chat.topics.set(id, { name: given.name });
      return { message_thread_id: id, name: given.name, icon_color: 0x6fb9f0 };
    },
  ),
  setMyCommands: method(
    z.strictObject({
      commands: z.array(command).max(100),
      scope: scope.optional(),
      language_code: z.string().max(2).optional(),
    }),
    (given, { menus }) => {
      menus.set([given.scope?.type ?? 'default', given.language_code].filter(Boolean).join(' '), given.commands);
      return true;
    },
  ),
};

function memberJson(world: World, chat: Chat, user: number): unknown {
  const person = world.people.get(user);
  const status: Membership = chat.members.get(user) ?? 'left';
  if (!person) throw badRequest('PARTICIPANT_ID_INVALID');
  if (user !== BOT.id && chat.hidesMembers) throw badRequest('member list is inaccessible');
  return {
    user: userJson(person),
    status: user === BOT.id && chat.botManagesTopics ? 'administrator' : status,
    ...(user === BOT.id && chat.botManagesTopics ? { can_manage_topics: true } : {}),
    ...(status === 'restricted' ? { is_member: true } : {}),
  };
}
