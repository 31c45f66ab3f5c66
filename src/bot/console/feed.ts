import { randomUUID } from 'node:crypto';
import type { Log } from '../../engine/ports.js';
import { createBell } from '../live/bell.js';
import type { Card } from '../port.js';
import { type ConsoleEvent, type ConsoleStore, messageJson, type PrivateReplyJson } from './message.js';

/** Brings new and edited messages to everyone who listens, and private replies to their person alone. */
export interface Feed {
  /** Messages changed in this process: listeners learn it at once; what other processes wrote, within `pollMs`. */
  changed(): void;
  privately(user: string, card: Card): PrivateReplyJson;
  /** Sends all messages after `since` (a version; undefined: from now on), then new ones, until `signal` aborts. */
  listen(
    user: string,
    since: number | undefined,
    send: (event: ConsoleEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  listeners(): number;
}

const PAGE = 200;

interface Listener {
  user: string;
  send(event: ConsoleEvent): void;
  ring(): void;
}

export function createFeed(store: Pick<ConsoleStore, 'since' | 'version'>, log: Log, pollMs = 500): Feed {
  const listeners = new Set<Listener>();
  return {
    changed() {
      for (const listener of listeners) listener.ring();
    },
    privately(user, card) {
      const reply = { id: randomUUID(), card };
      for (const listener of listeners) if (listener.user === user) listener.send({ type: 'private', reply });
      return reply;
    },
    listeners: () => listeners.size,
    async listen(user, since, send, signal) {
      const bell = createBell();
      const listener: Listener = { user, send, ring: bell.ring };
      listeners.add(listener);
      try {
        let cursor = since ?? (await store.version());
        while (!signal.aborted) {
          const messages = await store.since(cursor, PAGE).catch((error: unknown) => {
            log('debug', 'console:feed_waits', { error: String(error) });
            return [];
          });
          for (const message of messages) send({ type: 'message', message: messageJson(message) });
          cursor = messages[messages.length - 1]?.version ?? cursor;
          if (messages.length < PAGE) await bell.wait(pollMs, signal);
        }
      } finally {
        listeners.delete(listener);
      }
    },
  };
}
