import { z } from 'zod';
import { ApiRefusal, badRequest, forbidden } from '../refusal.js';
import { BOT, type Chat, type Message, type World } from '../world.js';

export const chatId = z.union([z.number().int(), z.string()]);

/** The chat that is meant, when the bot may be in it. */
export function chatOf(world: World, given: number | string): Chat {
  const chat = world.chats.get(Number(given));
  if (!chat) throw badRequest('chat not found');
  if (chat.movedTo !== undefined)
    throw new ApiRefusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: chat.movedTo,
    });
  const member = chat.members.get(BOT.id);
  const kind = chat.type === 'channel' ? 'channel' : chat.type;
  if (member === 'kicked') throw forbidden(`bot was kicked from the ${kind} chat`);
  if (member === 'left') throw forbidden(`bot is not a member of the ${kind} chat`);
  return chat;
}

/** Also whether it may write to that person. */
export function writableChat(world: World, given: number | string): Chat {
  const chat = chatOf(world, given);
  if (chat.type !== 'private') return chat;
  const person = world.people.get(chat.id);
  if (person?.is_bot) throw forbidden("bot can't send messages to bots");
  if (!person?.started) throw forbidden("bot can't initiate conversation with a user");
  if (person.blocked) throw forbidden('bot was blocked by the user');
  return chat;
}

/** A message of the bot. */
export function ownMessage(chat: Chat, id: number, what: string): Message {
  const message = chat.messages.get(id);
  if (!message) throw badRequest(`message to ${what} not found`);
  if (message.from !== BOT.id) throw badRequest(`message can't be ${what === 'edit' ? 'edited' : 'deleted'}`);
  return message;
}
