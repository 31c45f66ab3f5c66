import type { Api } from 'grammy';
import type { ChatInput, Standing } from '../port.js';
import { factsOf } from './facts.js';
import { failureOf } from './failure.js';
import { createKept } from './kept.js';
import type { MovedChats } from './outbound/moved-chats.js';
import type { Timings } from './timings.js';

export interface StandingOptions {
  api: Api;
  moved: MovedChats;
  timings: Timings;
}

const SOUND: Standing = { sound: true, groups: [] };
const OUTSIDE: Standing = { sound: false, doubt: 'external' };

/**
 * Whether Telegram vouches for someone: a person under their own name, who is a member of the chat that it is about.
 * Telegram knows no groups of people, so roles come from the configuration alone.
 */
export function createStanding({ api, moved, timings }: StandingOptions): (input: ChatInput) => Promise<Standing> {
  const members = createKept<Standing>(5_000);

  async function membership(chat: number, user: number): Promise<Standing> {
    try {
      const member = await api.getChatMember(chat, user);
      const outside =
        member.status === 'left' || member.status === 'kicked' || (member.status === 'restricted' && !member.is_member);
      return outside ? OUTSIDE : SOUND;
    } catch (error) {
      // Everything else that is not a clear no is no yes either.
      return failureOf(error).kind === 'not_member' ? OUTSIDE : { sound: false, doubt: 'unreachable' };
    }
  }

  return async (input) => {
    const facts = factsOf(input);
    if (!facts) return { sound: false, doubt: 'unreachable' };
    if (facts.anonymous) return { sound: false, doubt: 'anonymous' };
    if (facts.bot) return { sound: false, doubt: 'bot' };
    const chat = await moved.chatOf(input.origin.channel);
    // A private chat has the number of its person.
    if (String(chat) === input.user) return SOUND;
    const key = `${chat}:${input.user}`;
    const kept = members.get(key);
    if (kept) return kept;
    const found = await membership(chat, Number(input.user));
    if (found.sound) members.set(key, found, timings.membershipLasts);
    return found;
  };
}
