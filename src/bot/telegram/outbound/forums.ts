import type { Api } from 'grammy';
import { createKept } from '../kept.js';
import type { Timings } from '../timings.js';

/** In which groups the bot may make topics. */
export interface Forums {
  has(chat: number): Promise<boolean>;
  /** Something has shown that this may have changed. */
  forget(chat: number): void;
}

/** Numbers below this are supergroups and channels; only those can be forums. */
const SUPERGROUPS_BELOW = -1_000_000_000_000;

export function createForums(api: Api, botId: () => Promise<number>, { forumLasts }: Timings): Forums {
  const known = createKept<boolean>(1_000);
  const under = new Map<number, Promise<boolean>>();
  return {
    forget: (chat) => known.delete(String(chat)),
    async has(chat) {
      if (chat >= SUPERGROUPS_BELOW) return false;
      const kept = known.get(String(chat));
      if (kept !== undefined) return kept;
      const asking = under.get(chat) ?? mayMakeTopics(api, chat, botId).finally(() => under.delete(chat));
      under.set(chat, asking);
      const is = await asking;
      known.set(String(chat), is, forumLasts);
      return is;
    },
  };
}

async function mayMakeTopics(api: Api, chat: number, botId: () => Promise<number>): Promise<boolean> {
  const about = await api.getChat(chat);
  if (!about.is_forum) return false;
  const self = await api.getChatMember(chat, await botId());
  return self.status === 'creator' || (self.status === 'administrator' && self.can_manage_topics === true);
}
