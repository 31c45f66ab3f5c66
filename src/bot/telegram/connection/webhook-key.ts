import type { PlatformMemory } from '../../port.js';

/** Always said: what is left out would be as somebody set it before. */
export const ALLOWED_UPDATES: ('message' | 'callback_query' | 'my_chat_member')[] = [
  'message',
  'callback_query',
  'my_chat_member',
];

const KEY = 'webhook';

/** The webhook that this installation has set last. */
export async function ourWebhook(memory: PlatformMemory, url: string): Promise<boolean> {
  return url !== '' && (await memory.recall(KEY)) === url;
}

export async function rememberWebhook(memory: PlatformMemory, url: string): Promise<void> {
  await memory.remember(KEY, url);
}
