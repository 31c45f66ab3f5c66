import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { ROLES } from '../../engine/model/person.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { historyJson, toDisasterJson, toEndedJson, toPlanRecordJson } from '../json/history.js';
import { toWhyJson, whyJson } from '../json/why.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { nameOf, recoveryId } from './fields.js';

const historyQuery = z.strictObject({
  service: nameOf('a service').optional().describe('the name of a service'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('a whole number from 1 to 200'),
  cursor: recoveryId.optional().describe('the `next` of the page before'),
});

/** What became of earlier recoveries, and why one had its plan. */
export function historyRoutes(engine: Engine): Route[] {
  return [
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/history',
      operation: 'history',
      summary: 'Recoveries that have ended, newest first, and how each plan did',
      access: ROLES,
      query: historyQuery,
      answers: { 200: { description: 'One page', schema: historyJson } },
      errors: ['unavailable'],
      handle: async ({ query: { service, limit, cursor } }) => {
        const { items, records, disasters } = await engine.history({
          ...(service === undefined ? {} : { service }),
          ...(cursor === undefined ? {} : { before: cursor }),
          limit: limit + 1,
        });
        const shown = items.slice(0, limit);
        const last = items.length > limit ? shown.at(-1) : undefined;
        return {
          status: 200,
          body: {
            items: shown.map(toEndedJson),
            next: last ? recoveryName(last.id) : null,
            plans: records.map(toPlanRecordJson),
            disasters: disasters.map(toDisasterJson),
          } satisfies z.infer<typeof historyJson>,
        };
      },
    }),
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/recoveries/{id}/why',
      operation: 'whyRecovery',
      summary: 'Why a recovery had its plan: evidence, risk, the rule, who decided, and why not another plan',
      access: ROLES,
      params: z.strictObject({ id: recoveryId }),
      answers: { 200: { description: 'As it was when the plan was made', schema: whyJson } },
      errors: ['not_found', 'unavailable'],
      handle: async ({ params }) => ({ status: 200, body: toWhyJson(await engine.view(params.id)) }),
    }),
  ];
}
