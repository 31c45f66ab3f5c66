import { z } from 'zod';
import { defineAction } from './define-action.js';
import { text } from './fields.js';

const CHOICES = 'a list of at least two different texts';

/**
 * The question itself is an approval of this step, asked by the engine before the step begins: when `run` is reached, a
 * person has said yes. An answer that the engine noted in the before-state becomes the step's result.
 */
export const ask = defineAction({
  name: 'ask',
  description: 'Asks a person before the recovery goes on.',
  version: 1,
  input: z.strictObject({
    question: text('a text'),
    choices: z
      .array(text(CHOICES), { error: CHOICES })
      .min(2, { error: CHOICES })
      .refine((choices) => new Set(choices).size === choices.length, { error: CHOICES })
      .optional(),
  }),
  shorthand: 'question',
  risk: 0,
  idempotent: true,
  timeoutMs: 10_000,
  services: () => [],
  title: ({ question }) => question,

  async run(_, __, before) {
    const answer = typeof before.answer === 'string' ? before.answer : undefined;
    return { summary: answer ?? 'confirmed', answer };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'the answer is kept with the approval' }),
  preview: async ({ question, choices }) => `would ask: ${question}${choices ? ` (${choices.join(', ')})` : ''}`,
});
