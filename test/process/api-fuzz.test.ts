import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createToken } from '../../src/app/tokens/tokens.js';
import { fromSchema, type Schema } from '../support/from-schema.js';
import { fuzzRuns } from '../support/fuzz.js';
import { withDatabase } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { manyServices } from '../support/scene.js';

interface Operation {
  parameters: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** What the installation knows: names that get past the first check. */
const WORDS = ['s1', 's2', 's3', 'careful', 'restart', 'incidents', 'R-1', 'R-2', 'I-1'];
const ALL_ROLES = ['viewer', 'responder', 'approver', 'lead', 'admin', 'bootstrap'];

const database = withDatabase();
let reviver: Installation;
let tokens: string[] = [];

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: process.env.REDIS_URL ?? '',
    services: manyServices(3),
    runbooks: {
      'careful.yaml':
        'id: careful\nparams: { word: { type: string, default: well } }\nsteps:\n  - { action: run_command, with: { command: [echo, "{{ params.word }}"] } }\n',
    },
    more: 'step_aliases: { "scale-out deployment": { action: notify, with: { message: more } } }',
    env: { LOG_LEVEL: 'error', ALERTS_TOKEN: 'a-token-that-sends-alerts-only' },
  });
  // Without a worker: what is asked for stays where it is, and comes in the way of what is asked later.
  await reviver.start('api', ['start', '--role', 'bot,api']);
  const file = `${reviver.folder}/tokens.json`;
  const make = (name: string, roles: string[], person?: string) =>
    createToken(file, { name, roles, ...(person ? { person } : {}) }, new Date());
  tokens = [
    ...(await Promise.all([1, 2, 3, 4, 5, 6].map((n) => make(`all-${n}`, ALL_ROLES, n % 2 ? 'Ann' : 'Lee')))),
    await make('program', ['responder']),
    await make('board', ['viewer']),
    'a-token-that-sends-alerts-only',
    'rvr_unknown',
  ];
}, 60_000);
afterAll(() => reviver?.stop(), 30_000);

test('no request that fits the API document, or nearly fits it, is answered 500', async () => {
  const { body: document } = await reviver.call('GET', '/openapi.json');
  const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => requests(method, path, operation)),
  );
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(...operations), async (sent) => {
      const { status, text } = await send(sent);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      if (status >= 500 && status !== 503) throw new Error(`${status}: ${text}`);
      if (status >= 400) expect(JSON.parse(text)).toMatchObject({ status, type: expect.any(String) });
    }),
    { numRuns: fuzzRuns(1_500) },
  );
  expect(reviver.log('api')).not.toContain('api:internal_error');
  // It is no fuzz if nothing gets in.
  expect(seen.get(200)).toBeGreaterThan(50);
  if (process.env.FUZZ_RUNS) console.log(`statuses: ${[...seen].map(([status, n]) => `${status}: ${n}`).join(', ')}`);
}, 86_400_000);

function requests(method: string, path: string, operation: Operation): fc.Arbitrary<Sent> {
  const of = (where: string) => operation.parameters.filter((parameter) => parameter.in === where);
  const values = (where: string) =>
    fc.record(Object.fromEntries(of(where).map(({ name, schema }) => [name, fromSchema(schema, WORDS)])), {
      requiredKeys: where === 'path' ? undefined : [],
    });
  const schema = operation.requestBody?.content['application/json']?.schema;
  const body = schema
    ? fc.oneof(
        { weight: 9, arbitrary: fromSchema(schema, WORDS).map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: fc.constantFrom(undefined, '', '{', '[1', '"\\ud800"', '{"a":1}{', '[]', 'null') },
      )
    : fc.constant(undefined);
  return fc
    .record({
      method: fc.oneof(
        { weight: 19, arbitrary: fc.constant(method) },
        fc.constantFrom('put', 'patch', 'options', 'head'),
      ),
      params: values('path'),
      query: values('query'),
      body,
      token: fc.nat(),
      key: fc.option(fc.constantFrom('k1', 'k2', '"k3"', '', 'two words')),
      match: fc.option(fc.constantFrom('*', '"x"', 'W/"x"', '"', '')),
      type: fc.oneof(
        { weight: 9, arbitrary: fc.constant('application/json') },
        fc.constantFrom('text/plain', 'application/json; charset=latin1', 'x', ''),
      ),
      prefix: fc.constantFrom('', '', '', '/v1'),
    })
    .map(({ params, query, key, match, type, prefix, token, ...sent }) => ({
      method: sent.method.toUpperCase(),
      path: prefix + filled(path, params, query),
      headers: {
        authorization: `Bearer ${tokens[token % tokens.length]}`,
        prefer: 'respond-async, wait=0',
        'content-type': type,
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(match === null ? {} : { 'if-match': match }),
      },
      body: sent.method === 'head' ? undefined : sent.body,
    }));
}

function filled(path: string, params: Record<string, unknown>, query: Record<string, unknown>): string {
  const named = path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(params[name]) || 's1');
  const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return pairs.length > 0 ? `${named}?${pairs.join('&')}` : named;
}

function encoded(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  // Half of a pair cannot be percent-encoded; a percent sign alone can be sent.
  return /\p{Cs}/u.test(text) ? '%ED%A0%80' : encodeURIComponent(text);
}

function send({ method, path, headers, body }: Sent): Promise<{ status: number; text: string }> {
  // Node frames no body of GET, DELETE or OPTIONS by itself: it would be read as the next request, answered to whoever comes next.
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const how = { port: reviver.port, host: '127.0.0.1', method, path, headers: { ...headers, ...length } };
  return new Promise((resolve, reject) => {
    const sending = request(how, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: method === 'HEAD' ? headText(answer.statusCode) : text }),
      );
    });
    sending.once('error', reject);
    sending.end(body);
  });
}

/** HEAD has no body to look into. */
function headText(status = 0): string {
  return JSON.stringify({ status, type: '' });
}
