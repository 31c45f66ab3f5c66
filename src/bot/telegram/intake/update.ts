import { z } from 'zod';

/** What is read of an update; everything else of it is ignored. https://core.telegram.org/bots/api#update */

const user = z.object({ id: z.number().int(), is_bot: z.boolean() });
const chat = z.object({ id: z.number().int(), type: z.enum(['private', 'group', 'supergroup', 'channel']) });

const message = z.object({
  message_id: z.number().int(),
  /** Seconds; 0: the message is inaccessible. */
  date: z.number(),
  chat,
  from: user.optional(),
  /** A group or channel in whose name it was written: `from` is then a fake. */
  sender_chat: z.object({ id: z.number().int() }).optional(),
  text: z.string().optional(),
  message_thread_id: z.number().int().optional(),
  is_topic_message: z.boolean().optional(),
  forward_origin: z.unknown().optional(),
  is_automatic_forward: z.boolean().optional(),
  via_bot: z.unknown().optional(),
  migrate_to_chat_id: z.number().int().optional(),
  migrate_from_chat_id: z.number().int().optional(),
});

const callback = z.object({
  id: z.string(),
  from: user,
  data: z.string().optional(),
  inline_message_id: z.string().optional(),
  message: z
    .object({
      message_id: z.number().int(),
      date: z.number(),
      chat,
      message_thread_id: z.number().int().optional(),
      is_topic_message: z.boolean().optional(),
    })
    .optional(),
});

const membership = z.object({ chat, new_chat_member: z.object({ status: z.string() }) });

export const updateSchema = z.object({
  update_id: z.number().int(),
  message: message.optional(),
  callback_query: callback.optional(),
  my_chat_member: membership.optional(),
});

export type Update = z.output<typeof updateSchema>;
export type TelegramMessage = z.output<typeof message>;
export type CallbackQuery = z.output<typeof callback>;
