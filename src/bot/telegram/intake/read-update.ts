import { commandText } from './command-text.js';
import type { CallbackQuery, TelegramMessage, Update } from './update.js';

/** Where something was done, as Telegram names it. */
export interface Spot {
  chat: number;
  message: number;
  isPrivate: boolean;
  /** Topic of a forum. */
  topic?: number;
}

/** What an update means to Reviver. */
export type Heard =
  | { kind: 'typed'; text: string; user: number; spot: Spot; at: number; anonymous: boolean }
  | { kind: 'clicked'; data: string; callback: string; user: number; isBot: boolean; spot: Spot }
  /** A click that does not say on which message of which chat. */
  | { kind: 'placeless'; callback: string; user: number; why: string; spot?: Spot }
  /** In the private chat, something that is no command. */
  | { kind: 'chatted'; user: number; spot: Spot }
  | { kind: 'moved'; from: number; to: number }
  | { kind: 'ignored'; why: string };

const ignored = (why: string): Heard => ({ kind: 'ignored', why });

/** Pure. `bot`: the name by which it is addressed. */
export function readUpdate(update: Update, bot: string): Heard {
  if (update.callback_query) return readClick(update.callback_query);
  if (update.message) return readMessage(update.message, bot);
  return ignored(
    update.my_chat_member ? `now ${update.my_chat_member.new_chat_member.status}` : 'of no kind that counts',
  );
}

function readMessage(message: TelegramMessage, bot: string): Heard {
  const { chat, from, text, sender_chat: writesAs } = message;
  if (message.migrate_to_chat_id !== undefined) return { kind: 'moved', from: chat.id, to: message.migrate_to_chat_id };
  if (message.migrate_from_chat_id !== undefined)
    return { kind: 'moved', from: message.migrate_from_chat_id, to: chat.id };
  if (message.forward_origin !== undefined || message.is_automatic_forward) return ignored('forwarded');
  if (message.via_bot !== undefined) return ignored('sent by way of another bot');
  if (text === undefined) return ignored('without text');
  // Whoever writes as the group appears to be a bot: that is explained to them, and real bots are not talked to.
  const anonymous = writesAs !== undefined;
  if (!from || (from.is_bot && !anonymous)) return ignored('from a bot');
  const isPrivate = chat.type === 'private';
  const spot = spotOf(message);
  const line = commandText(text, bot, isPrivate);
  if (line !== undefined)
    return { kind: 'typed', text: line, user: from.id, spot, at: message.date * 1_000, anonymous };
  return isPrivate ? { kind: 'chatted', user: from.id, spot } : ignored('no command for this bot');
}

function readClick({ id, from, data, message, inline_message_id: inline }: CallbackQuery): Heard {
  if (!message || inline !== undefined)
    return { kind: 'placeless', callback: id, user: from.id, why: inline === undefined ? 'no message' : 'inline' };
  if (message.date === 0)
    return { kind: 'placeless', callback: id, user: from.id, why: 'inaccessible message', spot: spotOf(message) };
  return { kind: 'clicked', data: data ?? '', callback: id, user: from.id, isBot: from.is_bot, spot: spotOf(message) };
}

type Placed = Pick<TelegramMessage, 'chat' | 'message_id' | 'is_topic_message' | 'message_thread_id'>;

function spotOf({ chat, message_id: message, is_topic_message: inTopic, message_thread_id: thread }: Placed): Spot {
  return {
    chat: chat.id,
    message,
    isPrivate: chat.type === 'private',
    // Answers outside of topics carry a thread id, too, and General has the number 1, which may not be written to.
    ...(inTopic && thread !== undefined && thread !== 1 ? { topic: thread } : {}),
  };
}
