import { z } from 'zod';
import type { JsonObject } from '../../engine/model/json.js';
import { ROLES } from '../../engine/model/person.js';
import { NO_INPUT, type Route, route } from '../route.js';

/** `document` is asked once, after all routes are known. */
export function openApiRoute(document: () => JsonObject): Route {
  let made: JsonObject | undefined;
  return route({
    ...NO_INPUT,
    method: 'get',
    path: '/openapi.json',
    operation: 'openApi',
    summary: 'This document',
    access: ROLES,
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
    errors: [],
    handle: async () => {
      made ??= document();
      return { status: 200, body: made };
    },
  });
}
