import { z } from 'zod';
import type { ChatInput } from '../port.js';

/** What an input must carry to be answered, also by another process after a restart. */
const factsSchema = z.object({
  chat: z.number().int(),
  message: z.number().int(),
  topic: z.number().int().optional(),
  /** Of a click. */
  callback: z.string().optional(),
  /** The click was on an answer that only this person has. */
  own: z.boolean().optional(),
  private: z.boolean().optional(),
  anonymous: z.boolean().optional(),
  bot: z.boolean().optional(),
});

export type Facts = z.output<typeof factsSchema>;

/** undefined: the input is not one of Telegram's. */
export function factsOf({ facts }: ChatInput): Facts | undefined {
  return factsSchema.safeParse(facts).data;
}
