import { RateLimited, type Urgency, ViewLost } from '../../port.js';
import { type Failure, failureOf, isTelegrams, TelegramError } from '../failure.js';
import type { MovedChats } from './moved-chats.js';
import type { Pace } from './pace.js';

export interface CallOptions {
  channel: string;
  kind: 'message' | 'edit';
  urgency: Urgency;
}

/**
 * One call that writes into a channel: in its turn, to the chat that stands for the channel now, with Telegram's no
 * turned into what the port knows. It is never repeated, but for a group that has moved meanwhile: that one was refused.
 */
export type WriteInto = <Result>(options: CallOptions, write: (chat: number) => Promise<Result>) => Promise<Result>;

export function createWriteInto({ pace, moved }: { pace: Pace; moved: MovedChats }): WriteInto {
  async function attempt<Result>(
    { channel, kind, urgency }: CallOptions,
    write: (chat: number) => Promise<Result>,
    moves: number,
  ): Promise<Result> {
    const chat = await moved.chatOf(channel);
    if (!Number.isSafeInteger(chat)) throw new ViewLost(`"${channel}" is no number of a Telegram chat`);
    await pace.turn(kind, chat, urgency);
    try {
      return await write(chat);
    } catch (error) {
      if (!isTelegrams(error)) throw error;
      const failure = failureOf(error);
      if (failure.kind === 'limited') pace.pause(chat, failure.retryAfterMs);
      if (failure.kind !== 'moved' || moves > 0) throw portError(failure);
      await moved.moved(chat, failure.to);
      return attempt({ channel, kind, urgency }, write, moves + 1);
    }
  }
  return (options, write) => attempt(options, write, 0);
}

/** Errors of the port by what Telegram said; the rest is for whoever called. */
function portError(failure: Failure): Error {
  if (failure.kind === 'limited') return new RateLimited(failure.retryAfterMs);
  if (failure.kind === 'message_lost' || failure.kind === 'shut_out') return new ViewLost(failure.why);
  return new TelegramError(failure);
}

/** Why Telegram did not do it, when that is what an error says. */
export function failureKind(error: unknown): Failure['kind'] | undefined {
  return error instanceof TelegramError ? error.failure.kind : undefined;
}
