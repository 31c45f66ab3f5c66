import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { LONGEST_NOTE } from '../../engine/feedback/feedback.js';
import { OPINION_ROLES } from '../../engine/use-cases/feedback.js';
import { noteJson, recoveryJson, toNoteJson, toRecoveryJson } from '../json/recovery.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { recoveryId } from './fields.js';

const byId = { ...NO_INPUT, params: z.strictObject({ id: recoveryId }), access: OPINION_ROLES } as const;

const theNote = z.coerce.number().int().min(1).max(1_000_000).describe('the number of a note, such as 2');

/** What people say of a recovery. */
export function feedbackRoutes(engine: Engine): Route[] {
  return [
    route({
      ...byId,
      method: 'post',
      path: '/recoveries/{id}/rating',
      operation: 'rateRecovery',
      summary: 'Say whether an ended recovery helped; the last word of each person counts',
      body: z.strictObject({ helped: z.boolean().describe('true or false') }),
      answers: { 200: { description: 'The recovery after it', schema: recoveryJson } },
      errors: ['not_found', 'conflict', 'unavailable'],
      handle: async ({ params, body, who }) => {
        const { view } = await engine.rate(params.id, body.helped, who);
        return { status: 200, body: toRecoveryJson(view) };
      },
    }),
    route({
      ...byId,
      method: 'post',
      path: '/recoveries/{id}/notes',
      operation: 'addNote',
      summary: 'Write down what others should know of a recovery; secrets are taken out',
      body: z.strictObject({
        // A character may be two of what is counted here; the engine counts as people do.
        text: z
          .string()
          .min(1)
          .max(2 * LONGEST_NOTE)
          .describe(`text of at most ${LONGEST_NOTE} characters`),
      }),
      answers: { 201: { description: 'The note; the same words again are the same note', schema: noteJson } },
      errors: ['not_found', 'conflict', 'unavailable'],
      handle: async ({ params, body, who }) => {
        const { note } = await engine.addNote(params.id, body.text, who);
        return { status: 201, body: toNoteJson(note) };
      },
    }),
    route({
      ...byId,
      method: 'delete',
      path: '/recoveries/{id}/notes/{note}',
      operation: 'removeNote',
      summary: 'Take a note back: by whoever wrote it, or a lead',
      params: z.strictObject({ id: recoveryId, note: theNote }),
      answers: { 200: { description: 'The recovery after it', schema: recoveryJson } },
      errors: ['not_found', 'unavailable'],
      handle: async ({ params, who }) => ({
        status: 200,
        body: toRecoveryJson(await engine.removeNote(params.id, params.note, who)),
      }),
    }),
  ];
}
