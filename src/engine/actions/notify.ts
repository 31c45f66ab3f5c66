import { z } from 'zod';
import { defineAction } from './define-action.js';
import { text } from './fields.js';

export const notify = defineAction({
  name: 'notify',
  description: 'Posts a message where the recovery is followed; a repeat is not seen twice.',
  version: 1,
  input: z.strictObject({ message: text('a text') }),
  shorthand: 'message',
  risk: 0,
  idempotent: true,
  timeoutMs: 10_000,
  services: () => [],
  title: ({ message }) => `Tell: ${message.length > 60 ? `${message.slice(0, 57)}...` : message}`,

  async run({ message }, ctx) {
    await ctx.notify(message);
    return { summary: 'told' };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'the message is sent under one key: again is not twice' }),
  preview: async ({ message }) => `would say: ${message}`,
});
