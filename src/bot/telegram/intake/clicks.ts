import type { Api } from 'grammy';
import type { Log } from '../../../engine/ports.js';
import { failureOf } from '../failure.js';
import { createKept } from '../kept.js';
import type { Timings } from '../timings.js';

/** Answers to clicks: each exactly one, and soon, for until then the button looks as if nothing had happened. */
export interface Clicks {
  /** From now on the click waits for its answer; after `answerWithin` it gets an empty one. */
  open(callback: string): void;
  /** False: it has its answer already, or Telegram does not want one any more. */
  answer(callback: string, text?: string): Promise<boolean>;
  /** Everything was done with it: if nobody answered, it is answered empty. */
  close(callback: string): Promise<void>;
  /** Resolves when all answers that were begun are out. */
  stop(): Promise<void>;
}

/** Retried once and at once: later it would be too late. */
const ATTEMPTS = 2;
const REMEMBERED = 1_000;

export function createClicks({ api, timings, log }: { api: Api; timings: Timings; log: Log }): Clicks {
  const open = new Map<string, NodeJS.Timeout>();
  const seen = createKept<true>(REMEMBERED);
  const sending = new Set<Promise<boolean>>();

  async function send(callback: string, text: string): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await api.answerCallbackQuery(callback, text === '' ? {} : { text, show_alert: true });
        return true;
      } catch (error) {
        const { kind, why } = failureOf(error);
        if (kind === 'unreachable' && attempt < ATTEMPTS) continue;
        if (kind !== 'too_late') log('warn', 'telegram:click_not_answered', { kind, error: why });
        return false;
      }
    }
  }

  function answer(callback: string, text = ''): Promise<boolean> {
    const timer = open.get(callback);
    if (timer === undefined) return Promise.resolve(false);
    clearTimeout(timer);
    open.delete(callback);
    const sent = send(callback, text).finally(() => sending.delete(sent));
    sending.add(sent);
    return sent;
  }

  return {
    answer,
    open(callback) {
      // Delivered again.
      if (seen.get(callback)) return;
      seen.set(callback, true);
      open.set(
        callback,
        setTimeout(() => void answer(callback), timings.answerWithin),
      );
    },
    async close(callback) {
      await answer(callback);
    },
    async stop() {
      await Promise.all([...open.keys()].map((callback) => answer(callback)));
      await Promise.all(sending);
    },
  };
}
