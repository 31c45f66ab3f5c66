import type { RequestListener } from 'node:http';
import type { Log } from '../../engine/ports.js';
import type { ChatPlatform, Desk, PlatformMemory } from '../port.js';
import { createButtons } from './buttons.js';
import { createApis } from './connection/api.js';
import { createCaughtUp } from './connection/caught-up.js';
import { createHearing } from './connection/hearing.js';
import { createWhoAmI } from './connection/me.js';
import { keepMenus } from './connection/menus.js';
import { keepPolling } from './connection/polling.js';
import { keepWebhook } from './connection/webhook.js';
import { createWebhookDoor } from './connection/webhook-door.js';
import { createClicks } from './intake/clicks.js';
import { createConfirmations } from './intake/confirmations.js';
import { createTelegramIntake, NotReady, type TelegramIntake } from './intake/intake.js';
import { createWriteInto } from './outbound/call.js';
import { createForums } from './outbound/forums.js';
import { createMovedChats } from './outbound/moved-chats.js';
import { createOnce } from './outbound/once.js';
import { createOutbound } from './outbound/outbound.js';
import { createPace } from './outbound/pace.js';
import { createPrivateReply } from './outbound/private-reply.js';
import { TELEGRAM } from './outbound/ref.js';
import { createThreads } from './outbound/threads.js';
import { promptMemory } from './prompt-memory.js';
import type { TelegramSettings } from './settings.js';
import { createStanding } from './standing.js';
import { TIMINGS, type Timings } from './timings.js';
import { WORDS } from './words.js';

export { TELEGRAM } from './outbound/ref.js';

export interface TelegramOptions extends TelegramSettings {
  memory: PlatformMemory;
  /** Whether this process of the cluster is the one that polls: Telegram allows one. */
  leads(): Promise<boolean>;
  log: Log;
  /** Tests are in a hurry. */
  timings?: Partial<Timings>;
}

export interface TelegramPlatform extends ChatPlatform {
  /** Webhook mode: answers what Telegram sends to /telegram/webhook. */
  webhook?: RequestListener;
}

/** Telegram as a chat platform. */
export function createTelegramPlatform(options: TelegramOptions): TelegramPlatform {
  const { log, webhook } = options;
  const timings = { ...TIMINGS, ...options.timings };
  const memory = promptMemory(options.memory, timings.recallWithin);
  const { api, polling, close } = createApis(options, timings);
  const me = createWhoAmI({ api, memory, log });
  const caughtUp = createCaughtUp(memory);
  const hearing = createHearing({ deafAfterMs: timings.deafAfter, name: me.username, onCaughtUp: caughtUp.note });
  const pace = createPace(timings);
  const moved = createMovedChats(memory, log);
  const writeInto = createWriteInto({ pace, moved });
  const buttons = createButtons(memory);
  const forums = createForums(api, async () => (await me.get()).id, timings);
  const threads = createThreads({ api, memory, forums, pace });
  const clicks = createClicks({ api, timings, log });
  let desk: Desk | undefined;
  const language = (channel: string) => desk?.language(channel) ?? 'en';
  const outbound = createOutbound({
    api,
    writeInto,
    buttons,
    threads,
    moved,
    once: createOnce(memory, log),
    language,
    log,
  });
  const stopping = new AbortController();
  const { reply, askedWhere, settled } = createPrivateReply({
    api,
    writeInto,
    buttons,
    clicks,
    memory,
    username: me.username,
    language,
    stopping: stopping.signal,
    log,
  });
  const confirmations = createConfirmations(memory, timings);
  let intake: TelegramIntake | undefined;
  let loops: Promise<void>[] = [];

  async function take(update: unknown): Promise<void> {
    if (!intake) throw new NotReady('not started yet');
    const began = performance.now();
    const late = setTimeout(() => desk?.timing?.late(), timings.lateAfter);
    try {
      await intake.take(update);
      desk?.timing?.answered(performance.now() - began);
    } finally {
      clearTimeout(late);
    }
  }

  /** What cannot be taken now is taken with the next poll: the batch stays unconfirmed. */
  async function takeAll(updates: readonly unknown[]): Promise<void> {
    await Promise.all(updates.map(take));
  }

  return {
    name: TELEGRAM,
    editIntervalMs: timings.editEvery,
    ...outbound,
    reply,
    standing: createStanding({ api, moved, timings }),
    howToType: (tongue) => (me.username() === '' ? undefined : WORDS[tongue].howToType(me.username())),
    healthy: hearing.healthy,
    ...(webhook ? { webhook: createWebhookDoor({ secret: webhook.secret, take, log }) } : {}),
    async start(given) {
      desk = given;
      const { behindMs } = hearing;
      const parts = { me, moved, buttons, clicks, confirmations, askedWhere, reply, language, behindMs, timings, log };
      intake = createTelegramIntake(parts, given);
      await caughtUp.recallInto(hearing);
      const { signal } = stopping;
      const shared = { api, me, memory, hearing, timings, log };
      loops = [
        webhook
          ? keepWebhook({ ...shared, webhook }, signal)
          : keepPolling({ ...shared, polling, leads: options.leads, take: takeAll }, signal),
        keepMenus({ api, memory, log, delays: timings.afterFailure }, signal),
      ];
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      await clicks.stop();
      await intake?.stop();
      await settled();
      close();
    },
  };
}
