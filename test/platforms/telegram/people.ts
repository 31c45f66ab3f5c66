import type { Callbacks, Press } from './callbacks.js';
import type { UpdateQueue } from './update-queue.js';
import {
  ANONYMOUS,
  AS_CHANNEL,
  BOT,
  type Chat,
  chatJson,
  type Message,
  messageJson,
  type Person,
  seconds,
  userJson,
  type World,
} from './world.js';

/** As whom, and how, something is written. */
export interface Manner {
  topic?: number;
  replyTo?: number;
  /** As an administrator who remains anonymous, or as a channel. */
  as?: 'anonymous' | 'channel';
  /** What the message is besides a new one. */
  is?: 'edited' | 'forwarded' | 'via_bot' | 'guest' | 'business';
  updateId?: number;
  /** Seconds before now. */
  ageSeconds?: number;
}

/** How a press differs from one on a button that is there. */
export interface PressManner {
  /** Forged data, which no button has. */
  data?: string;
  /** The message is no longer known to Telegram, not told at all, or was sent by way of inline mode. */
  message?: 'inaccessible' | 'absent' | 'inline';
  updateId?: number;
}

/** Acts of people in their clients. Each gives what Telegram tells the bot, if it tells anything. */
export interface People {
  type(user: number, chat: number, text: string, manner?: Manner): number | undefined;
  /** `button`: its text; throws when the message has no such button. */
  press(
    user: number,
    chat: number,
    message: number,
    button: string,
    manner?: PressManner,
  ): Press & { updateId: number };
  /** Presses Start in the private chat. */
  start(user: number): void;
  block(user: number): void;
  leave(user: number, chat: number): void;
}

export function createPeople(world: World, queue: UpdateQueue, callbacks: Callbacks): People {
  const personOf = (id: number): Person => found(world.people.get(id), `person ${id}`);
  const chatOf = (id: number): Chat => found(world.chats.get(id), `chat ${id}`);

  function say(chat: Chat, from: Person, text: string, { topic, replyTo, ageSeconds = 0 }: Manner): Message {
    const id = chat.nextMessage++;
    const message: Message = {
      id,
      from: from.id,
      text,
      entities: [],
      buttons: [],
      silent: false,
      date: seconds() - ageSeconds,
      edits: 0,
      ...(topic === undefined ? {} : { topic }),
      ...(replyTo === undefined ? {} : { replyTo }),
    };
    chat.messages.set(id, message);
    return message;
  }

  const people: People = {
    type(user, chatId, text, manner = {}) {
      const chat = chatOf(chatId);
      const from = senderOf(personOf(user), manner);
      const message = say(chat, from, text, manner);
      const payload = {
        ...messageJson(chat, message, from),
        ...commandEntities(text),
        ...sentAs(chat, manner),
        ...besides(personOf(user), manner),
      };
      return queue.push(KINDS[manner.is ?? 'new'] ?? 'message', payload, manner.updateId)?.update_id;
    },
    press(user, chatId, messageId, button, manner = {}) {
      const chat = chatOf(chatId);
      const message = found(chat.messages.get(messageId), `message ${messageId}`);
      const shown = message.buttons.flat().find(({ text }) => text === button);
      const data = manner.data ?? found(shown, `button "${button}" on message ${messageId}`).data;
      const press = callbacks.add(user);
      const update = queue.push(
        'callback_query',
        {
          id: press.id,
          // Also of an administrator who remains anonymous: a press carries who it really was.
          from: userJson(personOf(user)),
          chat_instance: '1',
          data,
          ...originOf(chat, message, manner),
        },
        manner.updateId,
      );
      return Object.assign(press, { updateId: update?.update_id ?? 0 });
    },
    start(user) {
      const person = personOf(user);
      const asked = person.started;
      person.started = true;
      person.blocked = false;
      if (!asked) people.type(user, user, '/start');
    },
    block(user) {
      personOf(user).blocked = true;
    },
    leave(user, chat) {
      chatOf(chat).members.set(user, 'left');
    },
  };
  return people;
}

const KINDS: Readonly<Record<string, string>> = {
  edited: 'edited_message',
  guest: 'guest_message',
  business: 'business_message',
};

function senderOf(person: Person, { as }: Manner): Person {
  if (as === 'anonymous') return ANONYMOUS;
  return as === 'channel' ? AS_CHANNEL : person;
}

function sentAs(chat: Chat, { as }: Manner) {
  if (as === 'anonymous') return { sender_chat: chatJson(chat) };
  return as === 'channel' ? { sender_chat: { id: -1_009_999_999_999, type: 'channel', title: 'A channel' } } : {};
}

function besides(person: Person, { is }: Manner) {
  if (is === 'edited') return { edit_date: seconds() };
  if (is === 'via_bot') return { via_bot: userJson({ ...person, id: 55, is_bot: true }) };
  if (is === 'forwarded') return { forward_origin: { type: 'user', date: seconds(), sender_user: userJson(person) } };
  return {};
}

function commandEntities(text: string) {
  const command = /^\/[A-Za-z0-9_]+(?:@\w+)?/.exec(text);
  return command ? { entities: [{ type: 'bot_command', offset: 0, length: command[0].length }] } : {};
}

function originOf(chat: Chat, message: Message, { message: how }: PressManner) {
  if (how === 'inline') return { inline_message_id: 'AAAA' };
  if (how === 'absent') return {};
  if (how === 'inaccessible') return { message: { chat: chatJson(chat), message_id: message.id, date: 0 } };
  return { message: messageJson(chat, message, BOT) };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}`);
  return value;
}
