import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../engine/model/errors.js';
import type { Json, JsonObject } from '../engine/model/json.js';
import { eventJson } from './json/event.js';
import { executionJson } from './json/execution.js';
import { planJson } from './json/plan.js';
import { recoveryJson } from './json/recovery.js';
import { problemJson } from './problem.js';
import type { Answer, Route } from './route.js';
import { takesBody, takesKey } from './router.js';
import type { SocketRoute } from './sockets.js';
import { VERSION_PREFIX } from './version-prefix.js';

/** The OpenAPI 3.1 document of the routes, made from the schemas that check their requests. */
export function openApi(routes: readonly Route[], sockets: readonly SocketRoute[], version: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  for (const socket of sockets) paths[socket.path] = { ...paths[socket.path], get: socketOperation(socket) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Reviver',
      version,
      description:
        'Brings services back. Every error is an RFC 9457 problem document. Answers to a token say by RateLimit what ' +
        'it has left; a page that has a next one names it by Link.',
    },
    servers: [{ url: '/' }, { url: VERSION_PREFIX, description: 'The same, by the version of its contract' }],
    paths,
    components: {
      schemas: Object.fromEntries(NAMED.map(([name, schema]) => [name, jsonSchema(schema, 'output')])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'From `reviver token create`' } },
    },
    security: [{ bearer: [] }],
  };
}

/** Schemas that are written once; others stand where they are used. */
const NAMED: [string, z.ZodType][] = [
  ['Recovery', recoveryJson],
  ['Plan', planJson],
  ['Execution', executionJson],
  ['Event', eventJson],
  ['Problem', problemJson],
];

const OF_EVERY_ROUTE: ErrorCode[] = ['malformed', 'invalid_input', 'method_not_allowed'];
const OF_GUARDED_ROUTES: ErrorCode[] = ['unauthenticated', 'forbidden', 'too_many'];
const OF_BODIES: ErrorCode[] = ['too_large', 'unsupported_media'];

const SIGNED = 'Its sender is known by a secret of its own, or by a token: as `docs/alerts.md` says.';

function operation(route: Route): JsonObject {
  const guarded = route.access !== 'public';
  const refusals = [
    ...OF_EVERY_ROUTE,
    ...(guarded ? OF_GUARDED_ROUTES : []),
    ...(takesBody(route) ? OF_BODIES : []),
    ...(takesKey(route) ? (['conflict'] as const) : []),
  ];
  return {
    operationId: route.operation,
    summary: route.summary,
    ...(typeof route.access === 'string'
      ? { security: [], ...(route.access === 'signed' ? { description: SIGNED } : {}) }
      : { description: `Needs one of the roles: ${route.access.join(', ')}.` }),
    parameters: [...parameters('path', route.params), ...parameters('query', route.query), ...headers(route)],
    ...(takesBody(route)
      ? { requestBody: { required: false, content: content(jsonSchema(route.body, 'input')) } }
      : {}),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, response(answer)])),
      ...problems([...refusals, ...route.errors], Object.keys(route.answers)),
    },
  };
}

/** Headers that change what a request means. */
function headers(route: Route): Json[] {
  return [
    ...(takesKey(route)
      ? [header('Idempotency-Key', 'the same request with the same key is done once, and answered alike for a day')]
      : []),
    ...(route.errors.includes('precondition_failed')
      ? [header('If-Match', 'the ETag of what is replaced, or * for whatever there is')]
      : []),
  ];
}

function header(name: string, description: string): Json {
  return { name, in: 'header', required: false, schema: { type: 'string', maxLength: 257, description } };
}

function socketOperation(socket: SocketRoute): JsonObject {
  return {
    operationId: socket.operation,
    summary: socket.summary,
    description:
      'A WebSocket. The token goes into the Authorization header or, from a browser, into the offered subprotocols: ' +
      '`reviver` and `bearer.TOKEN`.',
    parameters: [
      ...parameters('query', socket.query),
      ...('after' in socket.query.shape ? [header('Last-Event-ID', 'as `after`, and goes before it')] : []),
    ],
    responses: {
      101: { description: 'Switching to WebSocket' },
      ...problems([...OF_GUARDED_ROUTES, 'invalid_input'], []),
    },
  };
}

function parameters(where: 'path' | 'query', schema: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.keys(properties).map((name) => ({
    name,
    in: where,
    required: required.includes(name),
    schema: plain(properties[name]),
  }));
}

function response({ description, schema }: Answer): JsonObject {
  if (!schema) return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
  const name = NAMED.find(([, named]) => named === schema)?.[0];
  return { description, content: content(name ? reference(name) : jsonSchema(schema, 'output')) };
}

/** One entry a status: some share it. */
function problems(codes: ErrorCode[], answered: string[]): JsonObject {
  const byStatus: Record<string, string[]> = { 500: ['internal'] };
  for (const code of new Set(codes)) byStatus[ERRORS[code].http] = [...(byStatus[ERRORS[code].http] ?? []), code];
  for (const status of answered) delete byStatus[status];
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, names]) => [
      status,
      { description: names.join(', '), content: { 'application/problem+json': { schema: reference('Problem') } } },
    ]),
  );
}

function content(schema: Json): JsonObject {
  return { 'application/json': { schema } };
}

function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return plain(rest);
}

/** Zod's schema objects carry more than JSON; this leaves what is written. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
