import { type ChatPlatform, type MessageRef, type OnInput, ViewLost } from '../port.js';
import type { Feed } from './feed.js';
import type { ConsoleStore } from './message.js';

export const CONSOLE = 'console';
/** Whose name stands over the messages of the product. */
export const AUTHOR = 'Reviver';

export interface ConsolePlatform extends ChatPlatform {
  /** What the bot does with an input; throws while the bot is not started. */
  input: OnInput;
}

/** The chat platform whose messages live in the database. It remembers keys, so that no post is ever doubled. */
export function createConsolePlatform(
  store: ConsoleStore,
  feed: Feed,
  channels: readonly string[],
  editIntervalMs = 250,
): ConsolePlatform {
  let onInput: OnInput | undefined;
  return {
    name: CONSOLE,
    editIntervalMs,
    async start(handler) {
      onInput = handler;
    },
    async stop() {
      onInput = undefined;
    },
    async input(input, reply) {
      if (!onInput) throw new Error('the console is not started');
      await onInput(input, reply);
    },
    async post(channel, card, { thread, key }) {
      if (!channels.includes(channel)) throw new ViewLost(`the console has no channel ${channel}`);
      const draft = { channel, thread: thread?.message ?? null, author: card.author ?? AUTHOR, card, key };
      const message = await store.insert(draft);
      if (!message) throw new ViewLost('the thread is gone');
      feed.changed();
      return { platform: CONSOLE, channel, message: message.id } satisfies MessageRef;
    },
    async edit(ref, card) {
      if (!(await store.edit(ref.message, card))) throw new ViewLost('the message is gone');
      feed.changed();
    },
    healthy: () => ({ ok: onInput !== undefined, detail: onInput ? `${feed.listeners()} connected` : 'not started' }),
  };
}
