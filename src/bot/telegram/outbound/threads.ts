import type { Api } from 'grammy';
import type { Card, MessageRef, PlatformMemory, Urgency } from '../../port.js';
import { failureOf } from '../failure.js';
import { createKept } from '../kept.js';
import { cut } from '../render/cut.js';
import { clean } from '../render/html.js';
import type { Forums } from './forums.js';
import type { Pace } from './pace.js';
import { placeOf } from './ref.js';

/** How a message stands in its thread. */
export interface Placement {
  message_thread_id?: number;
  reply_parameters?: { message_id: number; allow_sending_without_reply: true };
}

/**
 * A thread is a topic of its own in groups that have topics and let the bot make them; everywhere else its messages
 * answer the one that they belong to.
 */
export interface Threads {
  /** A message was posted whose thread may be needed. Resolves when its title is kept for later processes. */
  opened(message: MessageRef, card: Card): Promise<void>;
  place(thread: MessageRef, chat: number, urgency: Urgency): Promise<Placement>;
  /** Telegram knows the topic no more: it was removed, or topics were switched off. */
  lost(thread: MessageRef, chat: number): Promise<void>;
}

export interface ThreadsOptions {
  api: Api;
  memory: PlatformMemory;
  forums: Forums;
  pace: Pace;
}

/** Telegram allows 128. */
const MAX_NAME = 100;
const REMEMBERED = 1_000;
/** Written over a topic that is gone. */
const GONE = 'gone';

export function createThreads({ api, memory, forums, pace }: ThreadsOptions): Threads {
  const making = new Map<string, Promise<number>>();
  const titles = createKept<string>(REMEMBERED);
  const key = (kind: string, { channel, message }: MessageRef) => `${kind}:${channel}:${message}`;

  async function topicOf(thread: MessageRef, chat: number, urgency: Urgency): Promise<number> {
    const known = await memory.recall(key('topic', thread));
    if (known !== undefined && known !== GONE) return Number(known);
    await pace.turn('message', chat, urgency);
    const title = titles.get(key('title', thread)) ?? (await memory.recall(key('title', thread)));
    const name = title ?? `Message ${thread.message}`;
    const { message_thread_id: topic } = await api.createForumTopic(chat, name);
    await memory.remember(key('topic', thread), String(topic));
    return topic;
  }

  /** What is asked at the same time is one topic. */
  function topic(thread: MessageRef, chat: number, urgency: Urgency): Promise<number> {
    const under = key('topic', thread);
    const made = making.get(under) ?? topicOf(thread, chat, urgency).finally(() => making.delete(under));
    making.set(under, made);
    return made;
  }

  async function keepTitle(message: MessageRef, name: string): Promise<void> {
    const chat = placeOf(message)?.chat;
    if (name && chat !== undefined && (await forums.has(chat))) await memory.remember(key('title', message), name);
  }

  return {
    opened(message, { title }) {
      // `R-41 · redis` of `R-41 · redis · waiting for approval`: the rest changes.
      const name = cut(clean(title).split(' · ').slice(0, 2).join(' · '), MAX_NAME);
      if (name) titles.set(key('title', message), name);
      return keepTitle(message, name);
    },
    async place(thread, chat, urgency) {
      const parent = placeOf(thread);
      if (await forums.has(chat)) {
        try {
          return { message_thread_id: await topic(thread, chat, urgency) };
        } catch (error) {
          // Without the right, or no forum any more: an answer will do.
          if (failureOf(error).kind !== 'refused') throw error;
          forums.forget(chat);
        }
      }
      // In another chat than this one there is nothing to answer to.
      if (parent?.chat !== chat) return {};
      return { reply_parameters: { message_id: parent.message, allow_sending_without_reply: true } };
    },
    async lost(thread, chat) {
      forums.forget(chat);
      await memory.remember(key('topic', thread), GONE);
    },
  };
}
