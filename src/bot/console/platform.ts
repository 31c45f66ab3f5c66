import { UserError } from '../../engine/model/errors.js';
import { type Card, type ChatInput, type ChatPlatform, type Desk, type MessageRef, ViewLost } from '../port.js';
import type { Feed } from './feed.js';
import type { ConsoleStore, PrivateReplyJson } from './message.js';

export const CONSOLE = 'console';
/** Whose name stands over the messages of the product. */
export const AUTHOR = 'Reviver';

export interface ConsolePlatform extends ChatPlatform {
  /** Hands an input over, and gives the replies to it that come within `withinMs`; later ones come over the stream alone. */
  ask(input: ChatInput, withinMs: number): Promise<PrivateReplyJson[]>;
  /** What the bot offers beside its commands; throws while the bot is not started. */
  desk(): Desk;
}

/** The chat platform whose messages live in the database. It remembers keys, so that no post is ever doubled. */
export function createConsolePlatform(
  store: ConsoleStore,
  feed: Feed,
  channels: readonly string[],
  editIntervalMs = 250,
): ConsolePlatform {
  let started: Desk | undefined;
  const asking = new Map<string, PrivateReplyJson[]>();
  const desk = (): Desk => {
    if (!started) throw new UserError('unavailable', 'The console is starting or stopping. Try again in a moment.');
    return started;
  };
  return {
    name: CONSOLE,
    editIntervalMs,
    desk,
    async start(handler) {
      started = handler;
    },
    async stop() {
      started = undefined;
    },
    async ask(input, withinMs) {
      const replies = asking.get(input.id) ?? [];
      asking.set(input.id, replies);
      try {
        const { handled } = await desk().accept(input);
        await within(handled, withinMs);
        return [...replies];
      } finally {
        asking.delete(input.id);
      }
    },
    async reply({ id, user }, card) {
      const sent = feed.privately(user, card);
      asking.get(id)?.push(sent);
    },
    async post(channel, card, { thread, key }) {
      if (!channels.includes(channel)) throw new ViewLost(`the console has no channel ${channel}`);
      const draft = { channel, thread: thread?.message ?? null, author: card.author ?? AUTHOR, card, key };
      const message = await store.insert(draft);
      if (!message) throw new ViewLost('the thread is gone');
      feed.changed();
      return { platform: CONSOLE, channel, message: message.id } satisfies MessageRef;
    },
    async edit(ref: MessageRef, card: Card) {
      if (!(await store.edit(ref.message, card))) throw new ViewLost('the message is gone');
      feed.changed();
    },
    healthy: () => ({ ok: started !== undefined, detail: started ? `${feed.listeners()} connected` : 'not started' }),
  };
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
