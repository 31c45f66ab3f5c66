import { z } from 'zod';
import { TARGETS } from './completions.js';

/** What the console answers with, for the API document. */
export const list = <S extends z.ZodType>(items: S) => z.strictObject({ items: z.array(items) });

export const card = z.looseObject({
  tone: z.string(),
  title: z.string(),
  lines: z.array(z.string()),
  buttons: z.array(z.unknown()),
});

export const message = z.strictObject({
  id: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  author: z.string(),
  card,
  version: z.number(),
  created_at: z.string(),
  edited_at: z.string().nullable(),
});

export const replies = z.strictObject({ replies: z.array(z.strictObject({ id: z.string(), card })) });

export const said = replies.extend({ message: z.string().optional().describe('how the command is shown') });

export const me = z.strictObject({
  name: z.string(),
  user: z.string(),
  roles: z.array(z.string()),
  channels: z.array(z.string()),
});

export const channels = list(z.strictObject({ name: z.string(), language: z.enum(['en', 'ru']) }));

export const home = z.strictObject({ cards: z.array(card) });

const names = z.array(z.string());
const parameter = z.strictObject({ name: z.string(), type: z.string(), default: z.string().optional() });

export const completions = z.strictObject({
  services: z.array(z.strictObject({ name: z.string(), runbooks: names, strategies: names })),
  parameters: z.record(z.string(), z.array(parameter)),
  commands: z.array(
    z.strictObject({
      name: z.string(),
      usage: z.string(),
      summary: z.string(),
      takes: z.array(z.enum(TARGETS)),
      options: z.array(z.strictObject({ name: z.string(), value: z.boolean() })),
      params: z.boolean(),
    }),
  ),
  recoveries: z.array(z.strictObject({ name: z.string(), service: z.string(), state: z.string() })),
});
