import type { Entity } from './html.js';
import type { SeenButton } from './keyboard.js';

export interface Person {
  id: number;
  first_name: string;
  username?: string;
  is_bot: boolean;
  /** Pressed Start in the private chat with the bot. */
  started: boolean;
  /** Blocked the bot. */
  blocked: boolean;
}

export type Membership = 'creator' | 'administrator' | 'member' | 'restricted' | 'left' | 'kicked';

export interface Message {
  id: number;
  from: number;
  /** As people see it, entities decoded. */
  text: string;
  entities: Entity[];
  buttons: SeenButton[][];
  /** Topic of a forum. */
  topic?: number;
  replyTo?: number;
  /** Without sound. */
  silent: boolean;
  /** When it was posted, in seconds. */
  date: number;
  edits: number;
}

export interface Chat {
  id: number;
  type: 'private' | 'group' | 'supergroup' | 'channel';
  title: string;
  forum: boolean;
  members: Map<number, Membership>;
  /** May create topics; for the bot, which is an administrator then. */
  botManagesTopics: boolean;
  /** Whether the bot may ask for other members. */
  hidesMembers: boolean;
  topics: Map<number, { name: string }>;
  messages: Map<number, Message>;
  nextMessage: number;
  movedTo?: number;
}

export const BOT: Person = {
  id: 7_000_000_001,
  first_name: 'Reviver',
  username: 'reviver_test_bot',
  is_bot: true,
  started: true,
  blocked: false,
};
/** Who anonymous administrators, and people who post as a channel, appear to be. */
export const ANONYMOUS: Person = {
  id: 1_087_968_824,
  first_name: 'Group',
  username: 'GroupAnonymousBot',
  is_bot: true,
  started: false,
  blocked: false,
};
export const AS_CHANNEL: Person = { ...ANONYMOUS, id: 136_817_688, first_name: 'Channel', username: 'Channel_Bot' };

/** Chats, people and messages of the stand-in. */
export interface World {
  people: Map<number, Person>;
  chats: Map<number, Chat>;
  addPerson(person: { id: number; first_name: string } & Partial<Person>): Person;
  addChat(chat: Pick<Chat, 'id' | 'type'> & Partial<Chat>, members?: readonly number[]): Chat;
}

export function createWorld(): World {
  const people = new Map<number, Person>();
  const chats = new Map<number, Chat>();
  const world: World = {
    people,
    chats,
    addPerson(given) {
      const person = { is_bot: false, started: false, blocked: false, ...given };
      people.set(person.id, person);
      if (!person.is_bot) world.addChat({ id: person.id, type: 'private', title: person.first_name }, [person.id]);
      return person;
    },
    addChat(given, members = []) {
      const chat: Chat = {
        title: `chat ${given.id}`,
        forum: false,
        members: new Map([[BOT.id, 'member']]),
        botManagesTopics: false,
        hidesMembers: false,
        topics: new Map(),
        messages: new Map(),
        nextMessage: 1,
        ...given,
      };
      for (const id of members) chat.members.set(id, 'member');
      chats.set(chat.id, chat);
      return chat;
    },
  };
  for (const person of [BOT, ANONYMOUS, AS_CHANNEL]) people.set(person.id, person);
  return world;
}

/** As it stands in updates and answers. */
export function userJson({ id, is_bot, first_name, username }: Person) {
  return { id, is_bot, first_name, ...(username === undefined ? {} : { username }) };
}

export function chatJson(chat: Chat) {
  const { id, type, title, forum } = chat;
  if (type === 'private') return { id, type, first_name: title };
  return { id, type, title, ...(forum ? { is_forum: true } : {}) };
}

export function messageJson(chat: Chat, message: Message, from: Person) {
  const { id, text, topic, replyTo, date } = message;
  return {
    message_id: id,
    from: userJson(from),
    chat: chatJson(chat),
    date,
    text,
    ...(topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true }),
    // Outside forums an answer carries a thread id, too, which is no topic.
    ...(topic === undefined && replyTo !== undefined && chat.type === 'supergroup'
      ? { message_thread_id: replyTo }
      : {}),
  };
}

export const seconds = () => Math.floor(Date.now() / 1_000);
