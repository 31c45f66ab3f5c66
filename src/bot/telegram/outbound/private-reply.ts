import type { Api } from 'grammy';
import { z } from 'zod';
import type { Log } from '../../../engine/ports.js';
import { type Card, type ChatInput, type Language, type PlatformMemory, RateLimited, ViewLost } from '../../port.js';
import type { Buttons } from '../buttons.js';
import { type Facts, factsOf } from '../facts.js';
import type { Clicks } from '../intake/clicks.js';
import { createKept } from '../kept.js';
import { alertText, MAX_ALERT, renderCard } from '../render/render-card.js';
import { rest } from '../rest.js';
import { WORDS, type Words } from '../words.js';
import { failureKind, type WriteInto } from './call.js';
import { sendReadable } from './content.js';

export interface ReplyParts {
  api: Api;
  writeInto: WriteInto;
  buttons: Buttons;
  clicks: Clicks;
  memory: PlatformMemory;
  username(): string;
  language(channel: string): Language;
  /** Aborts when no answer shall wait any longer. */
  stopping: AbortSignal;
  log: Log;
}

/** Where a private answer belongs: what is pressed on it happens there. */
export interface Asked {
  channel: string;
  thread?: string;
}

const asked = z.object({ channel: z.string(), thread: z.string().optional() });

/** For how long an answer waits for a chat that is busy, or for Telegram. */
const RETRY_AFTER_MS = [1_000, 3_000, 10_000];
const MAX_WAIT_MS = 15_000;
/** What a group reads of somebody who cannot be written to must not fill it, nor use up what cards may be written. */
const TOLD_ONCE_MS = 30_000;

/**
 * Answers for one person alone. A click: an alert where it is short; else, like for everything typed, a direct message.
 * Who never pressed Start cannot be written to: the group then reads only that, and how to mend it.
 */
export function createPrivateReply(parts: ReplyParts) {
  const running = new Set<Promise<void>>();
  const told = createKept<true>(1_000);
  const { clicks, language, username: bot, log } = parts;
  return {
    reply(input: ChatInput, card: Card): Promise<void> {
      const work = reply(input, card).finally(() => running.delete(work));
      running.add(work);
      return work;
    },
    /** Resolves when the answers that are being given are out, or given up. */
    settled: async () => void (await Promise.allSettled(running)),
    askedWhere: (chat: number, message: number) => askedWhere(parts.memory, chat, message),
  };

  async function reply(input: ChatInput, card: Card): Promise<void> {
    const facts = factsOf(input);
    if (!facts) return;
    const words = WORDS[language(input.origin.channel)];
    // Nobody knows who could be written to; what they did wrong is no secret.
    if (facts.anonymous) return await answerOpenly(input, facts, alertText(card, words).text);
    if (facts.callback !== undefined) return await answerClick(input, facts, card, facts.callback, words);
    if (!(await direct(input, facts, card, words))) await answerOpenly(input, facts, words.cannotWrite(bot()));
  }

  async function answerClick(input: ChatInput, facts: Facts, card: Card, callback: string, words: Words) {
    const { text, whole } = alertText(card, words);
    if (whole && (await clicks.answer(callback, text))) return;
    if (facts.own && (await changeOwn(input, facts, card, words))) return await clicks.close(callback);
    if (await direct(input, facts, card, words)) {
      await clicks.answer(callback, facts.private ? '' : words.inPrivate);
      return;
    }
    const end = words.startForAll(bot());
    const short = alertText(card, words, MAX_ALERT - end.length - 1).text;
    if (!(await clicks.answer(callback, `${short} ${end}`))) await answerOpenly(input, facts, words.cannotWrite(bot()));
  }

  /** False: the person never let the bot write to them. */
  async function direct(input: ChatInput, facts: Facts, card: Card, words: Words): Promise<boolean> {
    const answers = facts.private && facts.callback === undefined ? answering(facts) : {};
    const keyboard = await parts.buttons.keyboard(card.buttons);
    const markup = keyboard.inline_keyboard.length > 0 ? { reply_markup: keyboard } : {};
    try {
      const sent = await patiently(parts.stopping, () =>
        parts.writeInto({ channel: input.user, kind: 'message', urgency: 0 }, (chat) =>
          sendReadable(
            renderCard(card, words),
            (text, content) => parts.api.sendMessage(chat, text, { ...content, ...markup, ...answers }),
            ({ why }) => log('error', 'telegram:unparsable', { error: why }),
          ),
        ),
      );
      if (card.buttons.length > 0) await rememberAsked(parts.memory, input, sent.chat.id, sent.message_id);
      return true;
    } catch (error) {
      // 403, or a person who is nobody to this bot.
      if (error instanceof ViewLost) return false;
      throw error;
    }
  }

  /** A choice on an answer of before: the answer to it takes its place, instead of a new message each time. */
  async function changeOwn(input: ChatInput, facts: Facts, card: Card, words: Words): Promise<boolean> {
    const keyboard = await parts.buttons.keyboard(card.buttons);
    try {
      await parts.writeInto({ channel: String(facts.chat), kind: 'edit', urgency: 0 }, (chat) =>
        sendReadable(
          renderCard(card, words),
          (text, content) =>
            parts.api.editMessageText(chat, facts.message, text, { ...content, reply_markup: keyboard }),
          ({ why }) => log('error', 'telegram:unparsable', { error: why }),
        ),
      );
      return true;
    } catch (error) {
      if (failureKind(error) === 'unchanged') return true;
      log('debug', 'telegram:answer_not_changed', { input: input.id, error: String(error) });
      return false;
    }
  }

  /** Where everyone reads it. */
  async function answerOpenly({ origin, user }: ChatInput, facts: Facts, text: string): Promise<void> {
    const key = `${facts.chat}:${user}`;
    if (told.get(key)) return;
    told.set(key, true, TOLD_ONCE_MS);
    await patiently(parts.stopping, () =>
      parts.writeInto({ channel: origin.channel, kind: 'message', urgency: 2 }, (chat) =>
        parts.api.sendMessage(chat, text, { ...answering(facts), link_preview_options: { is_disabled: true } }),
      ),
    );
  }
}

/** To the message of the person, in its topic. */
function answering({ message, topic }: Facts) {
  return {
    reply_parameters: { message_id: message, allow_sending_without_reply: true },
    ...(topic === undefined ? {} : { message_thread_id: topic }),
  };
}

async function rememberAsked(memory: PlatformMemory, { origin }: ChatInput, chat: number, message: number) {
  const { channel, thread } = origin;
  const value: Asked = { channel, ...(thread === undefined ? {} : { thread }) };
  await memory.remember(`asked:${chat}:${message}`, JSON.stringify(value)).catch(() => {});
}

async function askedWhere(memory: PlatformMemory, chat: number, message: number): Promise<Asked | undefined> {
  const value = await memory.recall(`asked:${chat}:${message}`).catch(() => undefined);
  const found = value === undefined ? undefined : asked.safeParse(JSON.parse(value)).data;
  return found && { channel: found.channel, ...(found.thread === undefined ? {} : { thread: found.thread }) };
}

/** An answer is sent once, so it waits for its turn; twice is better than never. */
async function patiently<Result>(stopping: AbortSignal, send: () => Promise<Result>): Promise<Result> {
  for (const delayMs of RETRY_AFTER_MS) {
    try {
      return await send();
    } catch (error) {
      const limited = error instanceof RateLimited;
      if (stopping.aborted || (!limited && failureKind(error) !== 'unreachable')) throw error;
      await rest(Math.min(MAX_WAIT_MS, limited ? error.retryAfterMs : delayMs), stopping);
    }
  }
  return send();
}
