import type { Log } from '../../../engine/ports.js';
import type { MessageRef, PlatformMemory } from '../../port.js';
import { createKept } from '../kept.js';
import { TELEGRAM } from './ref.js';

/** Makes one message for a key. Gives the first one again, also to whoever asks meanwhile. */
export type Once = (key: string, channel: string, make: () => Promise<MessageRef>) => Promise<MessageRef>;

const REMEMBERED = 2_000;

/**
 * Telegram itself knows no keys: a message whose confirmation was lost on the way cannot be found again, and is the one
 * case that makes two.
 */
export function createOnce(memory: PlatformMemory, log: Log): Once {
  const under = new Map<string, Promise<MessageRef>>();
  const made = createKept<string>(REMEMBERED);

  async function find(key: string, channel: string, make: () => Promise<MessageRef>): Promise<MessageRef> {
    const message = made.get(key) ?? (await memory.recall(`sent:${key}`));
    if (message !== undefined) return { platform: TELEGRAM, channel, message };
    const ref = await make();
    made.set(key, ref.message);
    // It is posted: that it cannot be written down must not make another one.
    await memory
      .remember(`sent:${key}`, ref.message)
      .catch((error: unknown) => log('warn', 'telegram:post_not_remembered', { key, error: String(error) }));
    return ref;
  }

  return (key, channel, make) => {
    const running = under.get(key) ?? find(key, channel, make).finally(() => under.delete(key));
    under.set(key, running);
    return running;
  };
}
