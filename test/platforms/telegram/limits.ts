import { tooManyRequests } from './refusal.js';

/** Calls that pass within a time; what is above is answered 429. */
export interface LimitOptions {
  /** One chat, of messages and edits each, within a second. Telegram allows short bursts and names no number. */
  perChatSecond: number;
  /** One group, within a minute. */
  groupMessages: number;
  groupEdits: number;
  /** All chats together, within a second. */
  perSecond: number;
  /** Multiplies every time, so that tests need not wait a minute. */
  scale: number;
}

/** https://core.telegram.org/bots/faq, and what is known of edits. */
export const TELEGRAM_LIMITS: LimitOptions = {
  perChatSecond: 5,
  groupMessages: 20,
  groupEdits: 20,
  perSecond: 30,
  scale: 1,
};

export interface Limits {
  /** Counts a call, or throws 429 with what remains to be waited. */
  pass(kind: 'message' | 'edit', chat: { id: number; type: string }): void;
  /** The next calls into a chat are refused for so long, whatever was counted. */
  close(chat: number, forMs: number): void;
  /** How often somebody was refused because of counting. */
  exceeded(): number;
}

export function createLimits(options: LimitOptions): Limits {
  const calls = new Map<string, number[]>();
  const closed = new Map<number, number>();
  let exceeded = 0;

  const windowsOf = (kind: 'message' | 'edit', { id, type }: { id: number; type: string }) => [
    { key: 'all', most: options.perSecond, ms: 1_000 },
    { key: `${kind}:${id}:second`, most: options.perChatSecond, ms: 1_000 },
    ...(type === 'private'
      ? []
      : [
          {
            key: `${kind}:${id}:minute`,
            most: kind === 'edit' ? options.groupEdits : options.groupMessages,
            ms: 60_000,
          },
        ]),
  ];

  return {
    exceeded: () => exceeded,
    close: (chat, forMs) => void closed.set(chat, performance.now() + forMs),
    pass(kind, chat) {
      const now = performance.now();
      const until = closed.get(chat.id) ?? 0;
      if (now < until) throw tooManyRequests(until - now);
      const windows = windowsOf(kind, chat).map((each) => {
        const since = now - each.ms * options.scale;
        const recent = (calls.get(each.key) ?? []).filter((at) => at > since);
        return { ...each, recent, waitMs: (recent[recent.length - each.most] ?? since) - since };
      });
      const full = windows.filter(({ recent, most }) => recent.length >= most);
      if (full.length > 0) {
        exceeded++;
        throw tooManyRequests(Math.max(...full.map(({ waitMs }) => waitMs)));
      }
      for (const { key, recent } of windows) calls.set(key, [...recent, now]);
    },
  };
}
