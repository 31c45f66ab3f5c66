import { z } from 'zod';
import { defineAction } from './define-action.js';
import { text } from './fields.js';

export const notify = defineAction({
  name: 'notify',
  description: 'Posts a message where the recovery is followed, or in another channel; a repeat is not seen twice.',
  version: 1,
  input: z.strictObject({
    message: text('a text'),
    channel: text('the name of a channel in the configuration').optional(),
  }),
  shorthand: 'message',
  risk: 0,
  idempotent: true,
  timeoutMs: 10_000,
  services: () => [],
  title: ({ message }) => `Tell: ${message.length > 60 ? `${message.slice(0, 57)}...` : message}`,

  async run({ message, channel }, ctx) {
    await ctx.notify(message, channel === undefined ? undefined : { channel });
    return { summary: channel === undefined ? 'told' : `told ${channel}` };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'the message is sent under one key: again is not twice' }),
  preview: async ({ message, channel }) => `would say${channel === undefined ? '' : ` in ${channel}`}: ${message}`,
});
