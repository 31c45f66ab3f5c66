import type { Log } from '../../../engine/ports.js';
import type { PlatformMemory } from '../../port.js';
import { createKept } from '../kept.js';
import type { Place } from './ref.js';

/**
 * Groups that became supergroups have a new number. Reviver goes on to call the channel by its old one: the
 * configuration, stored cards and what recoveries remember of where they were asked stay right without being rewritten,
 * and only this file knows of two numbers. Whoever writes the new number into the configuration may do that, too: a
 * message counts for the channel under which it was posted.
 */
export interface MovedChats {
  /** The chat to write to. */
  chatOf(channel: string): Promise<number>;
  /** The channel by which a chat is known. */
  channelOf(chat: number): Promise<string>;
  /** The channel under which a message was posted. */
  channelOfMessage(place: Place): Promise<string>;
  /** A message was posted under this channel. */
  posted(channel: string, place: Place): Promise<void>;
  moved(from: number, to: number): Promise<void>;
}

/** That a chat has not moved is believed for so long; a refused call corrects it sooner. */
const STILL_THERE_MS = 60_000;
const REMEMBERED = 1_000;

export function createMovedChats(memory: PlatformMemory, log: Log): MovedChats {
  const known = createKept<string | null>(REMEMBERED);

  /** While the memory is away: as far as this process knows. */
  async function recall(key: string): Promise<string | undefined> {
    const kept = known.get(key);
    if (kept !== undefined) return kept ?? undefined;
    try {
      const value = await memory.recall(key);
      known.set(key, value ?? null, value === undefined ? STILL_THERE_MS : undefined);
      return value;
    } catch (error) {
      log('warn', 'telegram:memory_away', { error: String(error) });
      return undefined;
    }
  }

  async function remember(key: string, value: string): Promise<void> {
    known.set(key, value);
    await memory
      .remember(key, value)
      .catch((error: unknown) => log('warn', 'telegram:memory_away', { error: String(error) }));
  }

  const channelOf = async (chat: number) => (await recall(`was:${chat}`)) ?? String(chat);
  return {
    channelOf,
    chatOf: async (channel) => Number((await recall(`moved:${channel}`)) ?? channel),
    async channelOfMessage({ chat, message }) {
      // Only a chat that has another name can have messages under two of them.
      if ((await channelOf(chat)) === String(chat)) return String(chat);
      return (await recall(`under:${chat}:${message}`)) ?? String(chat);
    },
    async posted(channel, { chat, message }) {
      if (channel !== String(chat)) await remember(`under:${chat}:${message}`, channel);
    },
    async moved(from, to) {
      if (known.get(`moved:${from}`) === String(to)) return;
      log('warn', 'telegram:group_moved', { from, to });
      await Promise.all([remember(`moved:${from}`, String(to)), remember(`was:${to}`, String(from))]);
    },
  };
}
