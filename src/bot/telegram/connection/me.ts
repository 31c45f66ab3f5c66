import type { Api } from 'grammy';
import type { Log } from '../../../engine/ports.js';
import type { PlatformMemory } from '../../port.js';
import { abortable } from './abortable.js';

/** Who the bot is. */
export interface Me {
  id: number;
  username: string;
}

export interface WhoAmI {
  /** From memory, or asked. Throws while neither knows. */
  get(signal?: AbortSignal): Promise<Me>;
  /** For texts: empty while unknown. */
  username(): string;
  /** While Telegram has not been asked in this process. */
  ask(signal: AbortSignal): Promise<Me>;
}

const KEY = 'me';

/** Remembered over restarts, so that a webhook is understood also before Telegram could be asked. */
export function createWhoAmI({ api, memory, log }: { api: Api; memory: PlatformMemory; log: Log }): WhoAmI {
  let asked: Me | undefined;
  let remembered: Me | undefined;

  const ask = async (signal?: AbortSignal): Promise<Me> => {
    if (asked) return asked;
    const { id, username } = await api.getMe(signal && abortable(signal));
    asked = { id, username };
    log('info', 'telegram:me', { username });
    await memory.remember(KEY, `${id} ${username}`).catch(() => {});
    return asked;
  };

  return {
    username: () => (asked ?? remembered)?.username ?? '',
    ask,
    async get(signal) {
      const known = asked ?? remembered;
      if (known) return known;
      const [id, username] = ((await memory.recall(KEY).catch(() => undefined)) ?? '').split(' ');
      if (id && username) remembered = { id: Number(id), username };
      return remembered ?? (await ask(signal));
    },
  };
}
