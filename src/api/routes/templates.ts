import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { ROLES } from '../../engine/model/person.js';
import { pageOf, pageQuery } from '../page.js';
import { NO_INPUT, type Route, route } from '../route.js';

export const templatesJson = z.array(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    steps: z.array(z.string()),
    services: z.array(z.string()),
    parameters: z.array(z.strictObject({ name: z.string(), type: z.string(), default: z.string().optional() })),
  }),
);

export function templatesRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'get',
    path: '/templates',
    operation: 'templates',
    summary: 'The runbooks that can be asked for',
    access: ROLES,
    query: pageQuery(1_000, 1_000),
    answers: { 200: { description: 'One page', schema: templatesJson } },
    errors: [],
    handle: async ({ query }) => {
      const { items, next } = pageOf(engine.runbooks(), query, ({ id }) => id);
      return { status: 200, body: items.map(toTemplateJson), next };
    },
  });
}

function toTemplateJson(runbook: z.infer<typeof templatesJson>[number]): z.infer<typeof templatesJson>[number] {
  const { id, name, description, steps, services, parameters } = runbook;
  return { id, name, description, steps, services, parameters };
}
