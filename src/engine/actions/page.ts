import { z } from 'zod';
import { defineAction } from './define-action.js';
import { text } from './fields.js';

/** Calls people beyond chat at once, by the escalation policy of the recovery's service; the recovery goes on meanwhile. */
export const page = defineAction({
  name: 'page',
  description: 'Calls people by pager, as the escalation policy of the service says; a repeat calls nobody twice.',
  version: 1,
  input: z.strictObject({ message: text('a text') }),
  shorthand: 'message',
  risk: 0,
  idempotent: true,
  timeoutMs: 10_000,
  services: () => [],
  title: ({ message }) => `Page: ${message.length > 60 ? `${message.slice(0, 57)}...` : message}`,

  async run({ message }, ctx) {
    await ctx.notify(message, { page: true });
    return { summary: 'people are called' };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'people are called under one key: again is not twice' }),
  preview: async ({ message }) => `would call people: ${message}`,
});
