import type { Log } from '../../../engine/ports.js';
import type { Card, ChatInput, Language } from '../../port.js';
import type { Clients } from '../connection/clients.js';
import { renderCard } from '../render/render-card.js';
import type { SlackTuning } from '../settings.js';
import type { Channels } from './channels.js';
import { Unanswered } from './refusal.js';
import type { Speech } from './speech.js';

/** Answers that one person sees. */
export interface PrivateReplies {
  /** Slack gave an address for answers to this input: good for 5 of them, within 30 minutes. */
  addressOf(inputId: string, responseUrl: string | undefined): void;
  reply(input: Pick<ChatInput, 'id' | 'user' | 'origin'>, card: Card): Promise<void>;
}

export interface PrivateRepliesOptions {
  clients: Clients;
  speech: Speech;
  channels: Channels;
  language(channel: string): Language;
  tuning: SlackTuning;
  log: Log;
}

const USES = 5;
const LASTS_MS = 29 * 60_000;
const REMEMBERED = 2_000;
const DIRECT = /^[UWD]/;

/**
 * By the address while it is good, kept in memory alone; else as an ephemeral message in the channel; else, where one
 * cannot be there, as a direct message.
 */
export function createPrivateReplies(options: PrivateRepliesOptions): PrivateReplies {
  const { clients, speech, channels, language, tuning, log } = options;
  const addresses = new Map<string, { url: string; left: number; until: number }>();

  async function byAddress(inputId: string, message: object): Promise<boolean> {
    const address = addresses.get(inputId);
    if (!address || address.left <= 0 || address.until < performance.now()) return false;
    address.left -= 1;
    const response = await fetch(address.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...message }),
      redirect: 'error',
      signal: AbortSignal.timeout(tuning.answerTimeoutMs),
    }).catch(() => undefined);
    await response?.body?.cancel();
    if (!response?.ok) log('info', 'slack:address_refused', { status: response?.status ?? 0 });
    return response?.ok ?? false;
  }

  return {
    addressOf(inputId, url) {
      if (url === undefined) return;
      if (addresses.size >= REMEMBERED) addresses.delete(addresses.keys().next().value ?? '');
      addresses.set(inputId, { url, left: USES, until: performance.now() + LASTS_MS });
    },
    async reply({ id, user, origin: { channel: asked = user, thread } }, card) {
      const { text, blocks } = renderCard(card, { language: language(asked) });
      if (await byAddress(id, { text, blocks })) return;
      const direct = async () => {
        const what = { method: 'chat.postMessage', act: 'post', channel: user, urgency: 0 } as const;
        await speech.turn(what);
        const quiet = { unfurl_links: false, unfurl_media: false };
        await speech.call(what, () => clients.answers.chat.postMessage({ channel: user, text, blocks, ...quiet }));
      };
      if (DIRECT.test(asked)) return await direct();
      const channel = await channels.actual(asked);
      const what = { method: 'chat.postEphemeral', act: 'whisper', channel, urgency: 0 } as const;
      await speech.turn(what);
      const place = thread === undefined ? {} : { thread_ts: thread };
      await speech
        .call(what, () => clients.answers.chat.postEphemeral({ channel, user, text, blocks, ...place }))
        .catch((error: unknown) => (error instanceof Unanswered ? Promise.reject(error) : direct()));
    },
  };
}
