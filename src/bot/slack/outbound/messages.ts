import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Log } from '../../../engine/ports.js';
import {
  type Card,
  type Language,
  type MessageRef,
  type PlatformMemory,
  type PostOptions,
  type Urgency,
  ViewLost,
} from '../../port.js';
import type { Clients } from '../connection/clients.js';
import type { Identity } from '../connection/identity.js';
import { renderCard } from '../render/render-card.js';
import { attachWhole } from './attach-whole.js';
import { type Channels, messageIn, placeOf } from './channels.js';
import { findPost, markedMetadata } from './find-post.js';
import { createPostOnce } from './post-once.js';
import type { Speech, Utterance } from './speech.js';

export interface MessagesOptions {
  clients: Clients;
  speech: Speech;
  memory: PlatformMemory;
  channels: Channels;
  identity(): Identity | undefined;
  language(channel: string): Language;
  log: Log;
}

/** What everybody in a channel sees. */
export interface Messages {
  post(channel: string, card: Card, options: PostOptions): Promise<MessageRef>;
  edit(message: MessageRef, card: Card, urgency: Urgency): Promise<void>;
}

export const PLATFORM = 'slack';

const posted = z.object({
  channel: z.string(),
  ts: z.string(),
  message: z.object({ thread_ts: z.string().nullish() }).nullish(),
});

export function createMessages(options: MessagesOptions): Messages {
  const { clients, speech, memory, channels, identity, language, log } = options;
  const client = clients.messages;
  const once = createPostOnce(memory);

  /** Slack puts an answer to a message that is gone into the channel, and says so only by what it leaves out. */
  async function inItsThread(given: z.output<typeof posted>, thread: string | undefined): Promise<void> {
    if (thread === undefined || given.message?.thread_ts === thread) return;
    await client.chat
      .delete({ channel: given.channel, ts: given.ts })
      .catch((error: unknown) => log('warn', 'slack:stray_answer_left', { error: String(error) }));
    throw new ViewLost('the message of this thread is gone');
  }

  return {
    async post(channel, card, { thread, key, urgency, mention = [] }) {
      const place = thread && placeOf(thread);
      const actual = place?.channel ?? (await channels.actual(channel));
      const rendered = renderCard(card, { language: language(channel), mention });
      const what: Utterance = {
        method: 'chat.postMessage',
        act: 'post',
        channel: actual,
        urgency,
        threaded: place !== undefined,
      };
      const message = await once(key, {
        ready: () => speech.turn(what),
        async send(mark) {
          const answer = await speech.call(what, () =>
            client.chat.postMessage({
              channel: actual,
              text: rendered.text,
              blocks: marked(rendered.blocks, mark),
              unfurl_links: false,
              unfurl_media: false,
              ...(place ? { thread_ts: place.ts } : {}),
              ...markedMetadata(mark, identity()),
            }),
          );
          const given = posted.parse(answer);
          await inItsThread(given, place?.ts);
          if (place && rendered.left > 0) await attachWhole(card, given.channel, place.ts, options);
          return messageIn(channel, given.channel, given.ts);
        },
        find: async (mark, since) => {
          const ts = await findPost(client, identity(), { channel: actual, thread: place?.ts, mark, since });
          return ts === undefined ? undefined : messageIn(channel, actual, ts);
        },
      });
      return { platform: PLATFORM, channel, message };
    },

    async edit(message, card, urgency) {
      const place = placeOf(message);
      const channel = place.channel ?? (await channels.actual(message.channel));
      const what: Utterance = { method: 'chat.update', act: 'edit', channel, urgency };
      await speech.turn(what);
      const { text, blocks } = renderCard(card, { language: language(message.channel) });
      await speech.call(what, () => client.chat.update({ channel, ts: place.ts, text, blocks }));
    },
  };
}

const MARK = 'post.';

/** The mark stands in the block with the buttons: a click tells which post it came from. */
function marked(blocks: types.KnownBlock[], mark: string): types.KnownBlock[] {
  return blocks.map((block) => (block.type === 'actions' ? { ...block, block_id: `${MARK}${mark}` } : block));
}

/** The mark of a clicked block, if it has one. */
export function markIn(blockId: string | undefined): string | undefined {
  return blockId?.startsWith(MARK) ? blockId.slice(MARK.length) : undefined;
}
