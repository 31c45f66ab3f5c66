import type { Log } from '../../../engine/ports.js';
import type { Card, ChatInput, Desk, Language } from '../../port.js';
import type { Buttons, Meant } from '../buttons.js';
import type { WhoAmI } from '../connection/me.js';
import { failureOf } from '../failure.js';
import type { MovedChats } from '../outbound/moved-chats.js';
import type { Asked } from '../outbound/private-reply.js';
import { refOf, TELEGRAM } from '../outbound/ref.js';
import { rest } from '../rest.js';
import type { Timings } from '../timings.js';
import { WORDS, type Words } from '../words.js';
import type { Clicks } from './clicks.js';
import type { Confirmations } from './confirmations.js';
import { type Heard, readUpdate, type Spot } from './read-update.js';
import { updateSchema } from './update.js';

export interface IntakeParts {
  me: WhoAmI;
  moved: MovedChats;
  buttons: Buttons;
  clicks: Clicks;
  confirmations: Confirmations;
  askedWhere(chat: number, message: number): Promise<Asked | undefined>;
  reply(input: ChatInput, card: Card): Promise<void>;
  language(channel: string): Language;
  /** How long an update may have waited at most; undefined: nobody knows. */
  behindMs(): number | undefined;
  timings: Timings;
  log: Log;
}

/** Nothing can be taken yet; the platform shall deliver again. */
export class NotReady extends Error {}

export interface TelegramIntake {
  /** Resolves when the update is safe with the bot, or is none of its business; else rejects with `NotReady`. */
  take(update: unknown): Promise<void>;
  /** Waits for the answers that are being given. */
  stop(): Promise<void>;
}

/** Of a click that does not say where it was. */
const NOWHERE: Spot = { chat: 0, message: 0, isPrivate: false };

type Typed = Extract<Heard, { kind: 'typed' }>;
type Clicked = Extract<Heard, { kind: 'clicked' }>;
type Placeless = Extract<Heard, { kind: 'placeless' }>;

/** Updates become inputs. Nothing here waits for what comes of them. */
export function createTelegramIntake(parts: IntakeParts, desk: Desk): TelegramIntake {
  const { me, moved, buttons, clicks, confirmations, language, timings, log } = parts;
  const afterwards = new Set<Promise<void>>();

  /** What may take its time, and must not hold up the next update. */
  function later(work: Promise<unknown>, what: string): void {
    const done: Promise<void> = work
      .then(
        () => {},
        (error: unknown) => log('warn', 'telegram:not_said', { what, error: String(error) }),
      )
      .finally(() => afterwards.delete(done));
    afterwards.add(done);
  }

  async function typed(id: string, { text, user, spot, at, anonymous }: Typed): Promise<void> {
    const facts = anonymous ? { anonymous } : {};
    const input = inputOf(id, user, text, await moved.channelOf(spot.chat), spot, facts);
    const lateMs = Date.now() - at;
    if (lateMs <= timings.tooOld) return void (await desk.accept(input));
    const words = WORDS[language(input.origin.channel)];
    later(parts.reply(input, notice(words.commandTooOld(text, Math.round(lateMs / 60_000)))), 'too old');
  }

  async function clicked(id: string, click: Clicked): Promise<void> {
    const { callback, spot, user, data } = click;
    clicks.open(callback);
    const channel = await moved.channelOfMessage(spot);
    const words = WORDS[language(channel)];
    const meant = await buttons.meaning(data).catch(() => 'away' as const);
    if (meant === 'away') return refuse(id, click, words.memoryAway, 'button not looked up');
    if (!meant) return refuse(id, click, words.buttonUnknown, 'unknown button');
    if (await isTooLate(callback)) {
      const input = inputOf(id, user, meant.command, channel, spot, { callback });
      return later(parts.reply(input, notice(words.clickTooOld)), 'too old');
    }
    if (await asksFirst(id, click, meant, words)) return;
    const { fresh, handled } = await desk.accept(await clickInput(id, click, meant, channel));
    // What becomes of it is the bot's, also when this platform has stopped.
    if (fresh) void handled.then(() => later(clicks.close(callback), 'click'));
    else later(clicks.close(callback), 'click');
  }

  /** A press on an answer of our own counts where it was asked. */
  async function clickInput(id: string, click: Clicked, { command }: Meant, channel: string): Promise<ChatInput> {
    const { spot, user, callback, isBot } = click;
    const asked = spot.isPrivate ? await parts.askedWhere(spot.chat, spot.message) : undefined;
    if (asked) {
      const input = inputOf(id, user, command, asked.channel, spot, { callback, own: true });
      const { thread } = asked;
      return { ...input, origin: { platform: TELEGRAM, channel: asked.channel, ...(thread ? { thread } : {}) } };
    }
    const input = inputOf(id, user, command, channel, spot, { callback, ...(isBot ? { bot: true } : {}) });
    return { ...input, clicked: refOf(channel, spot) };
  }

  /** Telegram has no question before a click; the first press asks, the second one of the same person confirms. */
  async function asksFirst(id: string, { user, spot, data, callback }: Clicked, { confirm }: Meant, words: Words) {
    if (confirm === undefined) return false;
    if (await confirmations.confirms({ user, chat: spot.chat, message: spot.message, data }, id)) return false;
    later(clicks.answer(callback, words.pressAgain(confirm)), 'question');
    return true;
  }

  /**
   * A click does not say when it was. After an absence that may have been long, Telegram is asked by answering it: it
   * refuses what is older than some seconds, and nobody knows by how much.
   */
  async function isTooLate(callback: string): Promise<boolean> {
    const behindMs = parts.behindMs();
    if (behindMs !== undefined && behindMs < timings.tooOld) return false;
    const over = new AbortController();
    try {
      const late = rest(timings.answerWithin, over.signal).then(() => false);
      return !(await Promise.race([clicks.answer(callback), late]));
    } finally {
      over.abort();
    }
  }

  function refuse(id: string, { callback, user, spot }: Clicked | Placeless, text: string, why: string): void {
    log('warn', 'telegram:click_refused', { user, why });
    desk.refused?.(inputOf(id, user, '', String(spot?.chat ?? ''), spot ?? NOWHERE, { callback }), why);
    clicks.open(callback);
    later(clicks.answer(callback, text), 'refusal');
  }

  async function chatted(id: string, user: number, spot: Spot): Promise<void> {
    const channel = String(spot.chat);
    const { username } = await me.get();
    later(
      parts.reply(inputOf(id, user, '', channel, spot, {}), notice(WORDS[language(channel)].hint(username))),
      'hint',
    );
  }

  async function understand(id: string, heard: Heard): Promise<void> {
    if (heard.kind === 'typed') return typed(id, heard);
    if (heard.kind === 'clicked') return clicked(id, heard);
    if (heard.kind === 'placeless') return refuse(id, heard, WORDS[language(String(heard.user))].noMessage, heard.why);
    if (heard.kind === 'chatted') return chatted(id, heard.user, heard.spot);
    if (heard.kind === 'moved') return moved.moved(heard.from, heard.to);
    log('debug', 'telegram:ignored', { update: id, why: heard.why });
  }

  return {
    async take(update) {
      const parsed = updateSchema.safeParse(update);
      if (!parsed.success)
        return log('warn', 'telegram:not_understood', { error: parsed.error.issues[0]?.message ?? '' });
      const { username } = await me.get().catch((error: unknown) => {
        throw new NotReady(`who the bot is, is not known yet: ${failureOf(error).why}`);
      });
      const id = String(parsed.data.update_id);
      // One that breaks something must not come again and again, with all others behind it.
      await understand(id, readUpdate(parsed.data, username)).catch((error: unknown) =>
        log('error', 'telegram:update_broke', { update: id, error: String(error) }),
      );
    },
    async stop() {
      await Promise.all(afterwards);
    },
  };
}

function inputOf(
  id: string,
  user: number,
  text: string,
  channel: string,
  { chat, message, topic, isPrivate }: Spot,
  more: { callback?: string; own?: boolean; anonymous?: boolean; bot?: boolean },
): ChatInput {
  const thread = topic === undefined ? {} : { thread: String(topic) };
  const facts = {
    chat,
    message,
    ...(topic === undefined ? {} : { topic }),
    ...(isPrivate ? { private: true } : {}),
    ...more,
  };
  return { id, origin: { platform: TELEGRAM, channel, ...thread }, user: String(user), text, facts };
}

function notice(title: string): Card {
  return { tone: 'attention', title, lines: [], buttons: [] };
}
