import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { NotFound } from '../../engine/model/errors.js';
import { ROLES } from '../../engine/model/person.js';
import { RECOVERY_STATES } from '../../engine/model/recovery.js';
import { suggestion } from '../input.js';
import { eventJson, toEventJson } from '../json/event.js';
import { recoveryJson, toRecoveryJson } from '../json/recovery.js';
import { nextPage, pageOf, pageQuery } from '../page.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { nameOf, recoveryId } from './fields.js';

export const recoveryListJson = z.strictObject({ items: z.array(recoveryJson), next: nextPage });
export const eventListJson = z.strictObject({ items: z.array(eventJson), next: nextPage });

const listQuery = z.strictObject({
  service: nameOf('a service').optional().describe('the name of a service'),
  state: z
    .string()
    .transform((text) => text.toUpperCase().split(','))
    .pipe(z.array(z.enum(RECOVERY_STATES)))
    .optional()
    .describe(`one or more of ${RECOVERY_STATES.join(', ')}, separated by commas`),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('a whole number from 1 to 200'),
  cursor: recoveryId.optional().describe('the `next` of the page before'),
});

export function recoveriesRoutes(engine: Engine): Route[] {
  return [
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/recoveries',
      operation: 'listRecoveries',
      summary: 'Recoveries, newest first',
      access: ROLES,
      query: listQuery,
      answers: { 200: { description: 'One page', schema: recoveryListJson } },
      errors: ['unavailable'],
      handle: async ({ query: { service, state, limit, cursor } }) => {
        const found = await engine.list({ service, states: state, before: cursor, limit: limit + 1 });
        const items = found.slice(0, limit).map(toRecoveryJson);
        return { status: 200, body: { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null } };
      },
    }),
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/recoveries/{id}',
      operation: 'getRecovery',
      summary: 'One recovery',
      access: ROLES,
      params: z.strictObject({ id: recoveryId }),
      answers: { 200: { description: 'The recovery', schema: recoveryJson } },
      errors: ['not_found', 'unavailable'],
      handle: async ({ params }) => ({ status: 200, body: toRecoveryJson(await engine.view(params.id)) }),
    }),
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/recoveries/{id}/events',
      operation: 'listEvents',
      summary: 'Everything that happened in one recovery, oldest first',
      access: ROLES,
      params: z.strictObject({ id: recoveryId }),
      query: pageQuery(200, 1_000),
      answers: { 200: { description: 'One page', schema: eventListJson } },
      errors: ['not_found', 'unavailable'],
      handle: async ({ params, query }) => {
        const { recovery } = await engine.view(params.id);
        const { items, next } = pageOf(await engine.events(recovery.id), query, ({ id }) => String(id));
        return { status: 200, body: { items: items.map(toEventJson), next } };
      },
    }),
    route({
      ...NO_INPUT,
      method: 'delete',
      // The same word as above: OpenAPI allows one name only for this place in a path.
      path: '/recoveries/{id}',
      operation: 'cancelService',
      summary: 'Cancel the active recovery of a service, which is named instead of a recovery',
      access: ['responder', 'approver', 'lead'],
      params: z.strictObject({ id: nameOf('a service') }),
      answers: { 200: { description: 'What was cancelled', schema: recoveryJson } },
      errors: ['not_found', 'conflict', 'unavailable'],
      handle: async ({ params, who }) => {
        const { view } = await engine.act(await activeId(engine, params.id), 'cancel', who);
        return { status: 200, body: toRecoveryJson(view) };
      },
    }),
  ];
}

async function activeId(engine: Engine, service: string): Promise<number> {
  const names = engine.services().map(({ name }) => name);
  if (!names.includes(service)) throw new NotFound('service', service, suggestion(service, names));
  const active = await engine.activeFor(service);
  if (!active) throw new NotFound('active recovery of', service);
  return active.recovery.id;
}
