import type { MessageRef } from '../../port.js';

export const TELEGRAM = 'telegram';

/** A message where it really is. */
export interface Place {
  chat: number;
  message: number;
}

/**
 * A channel keeps the number under which Reviver got to know it, also when Telegram gives its chat a new one. Message
 * numbers begin anew then, so a message that is in another chat than its channel's says so: `12@-1001234`.
 */
export function refOf(channel: string, { chat, message }: Place): MessageRef {
  const where = String(chat) === channel ? '' : `@${chat}`;
  return { platform: TELEGRAM, channel, message: `${message}${where}` };
}

/** undefined: no message of Telegram. */
export function placeOf({ channel, message }: MessageRef): Place | undefined {
  const found = /^(\d+)(?:@(-?\d+))?$/.exec(message);
  const place = { chat: Number(found?.[2] ?? channel), message: Number(found?.[1]) };
  return found && Number.isSafeInteger(place.chat) ? place : undefined;
}
