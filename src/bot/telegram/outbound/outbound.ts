import type { Api } from 'grammy';
import type { Log } from '../../../engine/ports.js';
import type { Card, ChatPlatform, Language, MessageRef, PostOptions, Urgency } from '../../port.js';
import { ViewLost } from '../../port.js';
import type { Buttons } from '../buttons.js';
import { type Failure, failureOf } from '../failure.js';
import { renderCard } from '../render/render-card.js';
import { WORDS } from '../words.js';
import type { WriteInto } from './call.js';
import { sendReadable } from './content.js';
import type { MovedChats } from './moved-chats.js';
import type { Once } from './once.js';
import { placeOf, refOf } from './ref.js';
import type { Placement, Threads } from './threads.js';

export interface OutboundParts {
  api: Api;
  writeInto: WriteInto;
  buttons: Buttons;
  threads: Threads;
  moved: MovedChats;
  once: Once;
  language(channel: string): Language;
  log: Log;
}

/** Cards into chats, for everyone to see. */
export function createOutbound(parts: OutboundParts): Pick<ChatPlatform, 'post' | 'edit'> {
  return {
    post: (channel, card, options) => parts.once(options.key, channel, () => postNew(parts, channel, card, options)),
    edit: (message, card, urgency) => edit(parts, message, card, urgency),
  };
}

async function postNew(
  parts: OutboundParts,
  channel: string,
  card: Card,
  { thread, urgency, mention }: PostOptions,
): Promise<MessageRef> {
  const { api, writeInto, buttons, threads, moved, language, log } = parts;
  const rendered = renderCard(card, WORDS[language(channel)], mention);
  const keyboard = await buttons.keyboard(card.buttons);
  // Only what needs people makes a sound.
  const quiet = urgency !== 0 && !mention?.length;
  const send = (chat: number, placement: Placement) =>
    sendReadable(
      rendered,
      (text, content) =>
        api.sendMessage(chat, text, {
          ...content,
          ...placement,
          ...(keyboard.inline_keyboard.length > 0 ? { reply_markup: keyboard } : {}),
          disable_notification: quiet,
        }),
      (failure) => reportUnparsable(log, failure),
    );
  const sent = await writeInto({ channel, kind: 'message', urgency }, async (chat) => {
    if (!thread) return send(chat, {});
    try {
      return await send(chat, await threads.place(thread, chat, urgency));
    } catch (error) {
      if (failureOf(error).kind !== 'thread_lost') throw error;
      await threads.lost(thread, chat);
      return await send(chat, await threads.place(thread, chat, urgency));
    }
  });
  const place = { chat: sent.chat.id, message: sent.message_id };
  const ref = refOf(channel, place);
  await moved.posted(channel, place);
  // Not waited for: until the caller has this ref, a press on the new message is one on a message that nobody knows.
  if (!thread)
    threads
      .opened(ref, card)
      .catch((error: unknown) => log('debug', 'telegram:title_not_kept', { error: String(error) }));
  return ref;
}

async function edit(parts: OutboundParts, ref: MessageRef, card: Card, urgency: Urgency): Promise<void> {
  const { api, writeInto, buttons, language, log } = parts;
  const place = placeOf(ref);
  if (!place) throw new ViewLost(`"${ref.message}" is no message of Telegram`);
  const rendered = renderCard(card, WORDS[language(ref.channel)]);
  const keyboard = await buttons.keyboard(card.buttons);
  await writeInto({ channel: ref.channel, kind: 'edit', urgency }, async (chat) => {
    // What was written before a group moved cannot be changed any more: it is posted anew.
    if (chat !== place.chat) throw new ViewLost('the message stayed behind when the group became a supergroup');
    try {
      // Without buttons in it, the keyboard goes.
      await sendReadable(
        rendered,
        (text, content) => api.editMessageText(chat, place.message, text, { ...content, reply_markup: keyboard }),
        (failure) => reportUnparsable(log, failure),
      );
    } catch (error) {
      if (failureOf(error).kind !== 'unchanged') throw error;
    }
  });
}

function reportUnparsable(log: Log, failure: Failure): void {
  log('error', 'telegram:unparsable', { error: failure.why });
}
