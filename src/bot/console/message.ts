import type { Card } from '../port.js';

/** A message of the console, as stored. `thread`: id of the message that it answers. */
export interface ConsoleMessage {
  id: string;
  channel: string;
  thread: string | null;
  author: string;
  card: Card;
  /** Grows over all messages, in commit order: what a stream resumes from. */
  version: number;
  createdAt: Date;
  editedAt: Date | null;
}

export type ConsoleDraft = Pick<ConsoleMessage, 'channel' | 'thread' | 'author' | 'card'> & { key: string };

export interface ConsoleStore {
  /** The same key again gives the first message. undefined: the thread is gone. */
  insert(draft: ConsoleDraft): Promise<ConsoleMessage | undefined>;
  /** undefined: the message is gone. */
  edit(id: string, card: Card): Promise<ConsoleMessage | undefined>;
  get(id: string): Promise<ConsoleMessage | undefined>;
  /** The newest ones, oldest first; of one thread, or without answers in threads. */
  list(channel: string, thread: string | null, limit: number): Promise<ConsoleMessage[]>;
  /** What was posted or edited after a version, in order. */
  since(version: number, limit: number): Promise<ConsoleMessage[]>;
  version(): Promise<number>;
}

/** As it goes over the wire. */
export function messageJson(message: ConsoleMessage) {
  const { id, channel, thread, author, card, version, createdAt, editedAt } = message;
  return {
    id,
    channel,
    thread,
    author,
    card,
    version,
    created_at: createdAt.toISOString(),
    edited_at: editedAt?.toISOString() ?? null,
  };
}

export type ConsoleMessageJson = ReturnType<typeof messageJson>;

/** Only one person sees it; it is not stored. */
export interface PrivateReplyJson {
  id: string;
  card: Card;
}

export type ConsoleEvent =
  | { type: 'message'; message: ConsoleMessageJson }
  | { type: 'private'; reply: PrivateReplyJson };
