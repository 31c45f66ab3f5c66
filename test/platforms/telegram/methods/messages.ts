import { z } from 'zod';
import { readKeyboard, type SeenButton } from '../keyboard.js';
import { badRequest } from '../refusal.js';
import { readText } from '../text.js';
import { BOT, type Chat, type Message, messageJson, seconds } from '../world.js';
import { type Method, method } from './method.js';
import { chatId, chatOf, ownMessage, writableChat } from './places.js';

const textual = {
  text: z.string(),
  parse_mode: z.string().optional(),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }).optional(),
  reply_markup: z.unknown().optional(),
};

const reply = z.strictObject({
  message_id: z.number().int(),
  allow_sending_without_reply: z.boolean().optional(),
});

export const MESSAGE_METHODS: Readonly<Record<string, Method>> = {
  sendMessage: method(
    z.strictObject({
      chat_id: chatId,
      ...textual,
      message_thread_id: z.number().int().optional(),
      disable_notification: z.boolean().optional(),
      reply_parameters: reply.optional(),
    }),
    (given, { world, limits }) => {
      const chat = writableChat(world, given.chat_id);
      const seen = readText(given);
      const buttons = readKeyboard(given.reply_markup);
      const replyTo = repliedTo(chat, given.reply_parameters);
      const topic = topicOf(chat, given.message_thread_id) ?? (replyTo && chat.messages.get(replyTo)?.topic);
      limits.pass('message', chat);
      const id = chat.nextMessage++;
      const message: Message = {
        id,
        from: BOT.id,
        ...seen,
        buttons,
        silent: given.disable_notification ?? false,
        date: seconds(),
        edits: 0,
        ...(topic === undefined ? {} : { topic }),
        ...(replyTo === undefined ? {} : { replyTo }),
      };
      chat.messages.set(id, message);
      return messageJson(chat, message, BOT);
    },
  ),
  editMessageText: method(
    z.strictObject({ chat_id: chatId, message_id: z.number().int(), ...textual }),
    (given, { world, limits }) => {
      const chat = writableChat(world, given.chat_id);
      const message = ownMessage(chat, given.message_id, 'edit');
      return edit(chat, message, { ...readText(given), buttons: readKeyboard(given.reply_markup) }, limits);
    },
  ),
  editMessageReplyMarkup: method(
    z.strictObject({ chat_id: chatId, message_id: z.number().int(), reply_markup: z.unknown().optional() }),
    (given, { world, limits }) => {
      const chat = writableChat(world, given.chat_id);
      const message = ownMessage(chat, given.message_id, 'edit');
      const { text, entities } = message;
      return edit(chat, message, { text, entities, buttons: readKeyboard(given.reply_markup) }, limits);
    },
  ),
  deleteMessage: method(z.strictObject({ chat_id: chatId, message_id: z.number().int() }), (given, { world }) => {
    const chat = chatOf(world, given.chat_id);
    ownMessage(chat, given.message_id, 'delete');
    return chat.messages.delete(given.message_id);
  }),
};

type Content = Pick<Message, 'text' | 'entities'> & { buttons: SeenButton[][] };

function edit(
  chat: Chat,
  message: Message,
  content: Content,
  limits: { pass(kind: 'edit', chat: Chat): void },
): unknown {
  const { text, entities, buttons } = message;
  if (JSON.stringify(content) === JSON.stringify({ text, entities, buttons }))
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  limits.pass('edit', chat);
  Object.assign(message, content);
  message.edits++;
  return messageJson(chat, message, BOT);
}

/** General is no topic that can be written to by its number, and outside forums there is none. */
function topicOf(chat: Chat, given: number | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!chat.forum || !chat.topics.has(given)) throw badRequest('message thread not found');
  return given;
}

function repliedTo(chat: Chat, given: z.output<typeof reply> | undefined): number | undefined {
  if (!given) return undefined;
  if (chat.messages.has(given.message_id)) return given.message_id;
  if (given.allow_sending_without_reply) return undefined;
  throw badRequest('message to be replied not found');
}
