import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { runbookJsonSchema } from '../../../../src/engine/planner/runbook-json-schema.js';

const schema = runbookJsonSchema(BUILT_IN_ACTIONS);
const PUBLISHED = 'schemas/runbook.schema.json';

test('the published schema is the one of today (npm run schema writes it)', () => {
  expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
});

test('it is of draft 2020-12, and every reference in it leads somewhere', () => {
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  const references = [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name);
  expect(references.filter((name) => !Object.hasOwn(schema.$defs ?? {}, name ?? ''))).toEqual([]);
  expect(references.length).toBeGreaterThan(BUILT_IN_ACTIONS.size);
});

/** An independent validator, where it is installed; what it answers: the places that it refuses. */
const validator = await load();

async function load(): Promise<((text: string) => string[]) | undefined> {
  const name: string = 'ajv/dist/2020.js';
  const shape = z.object({ default: z.unknown() });
  const found = shape.safeParse(await import(name).catch(() => undefined));
  if (!found.success) return undefined;
  const outer = z.union([shape.transform((inner) => inner.default), z.unknown()]).parse(found.data.default);
  if (typeof outer !== 'function') return undefined;
  const ajv: object = Reflect.construct(outer, [{ allErrors: true, strict: false }]);
  const compile: unknown = Reflect.get(ajv, 'compile');
  if (typeof compile !== 'function') return undefined;
  const validate: unknown = Reflect.apply(compile, ajv, [JSON.parse(JSON.stringify(schema))]);
  if (typeof validate !== 'function') return undefined;
  return (text) => {
    if (validate(parse(text))) return [];
    const errors = z.array(z.object({ instancePath: z.string() })).parse(Reflect.get(validate, 'errors'));
    return [...new Set(errors.map(({ instancePath }) => instancePath))];
  };
}

const withValidator = validator ? describe : describe.skip;
if (!validator) process.stdout.write('Skipped: the package ajv is not installed, so no validator reads the schema.\n');

withValidator('to a validator of JSON Schema', () => {
  const refused = (text: string) => validator?.(text) ?? [];
  const one = (step: string) => `id: a\nsteps: [${step}]`;

  test('shipped runbooks are right', () => {
    expect(refused(readFileSync('runbooks/redis_outage.yaml', 'utf8'))).toEqual([]);
  });

  test.each([
    [
      'a template where a word of a list stands',
      one('{ action: http_request, with: { url: "http://h/", method: "{{ params.m }}" } }'),
    ],
    ['a template where a duration stands', one('{ action: wait_for, with: { service: a, for: "{{ params.for }}" } }')],
    ['a group', one('{ action: parallel, with: { steps: ["notify: a", { action: notify, with: { message: b } }] } }')],
    ['a runbook within', one('{ action: sub_runbook, with: { runbook: b, params: { n: 1 } } }')],
  ])('%s is right', (_, text) => expect(refused(text)).toEqual([]));

  test.each([
    ['an unknown key', 'id: a\nrisks: low\nsteps: ["notify: a"]', ''],
    ['a risk beyond 1', 'id: a\nrisk: 3\nsteps: ["notify: a"]', '/risk'],
    ['an unknown action', one('{ action: stop_servce, with: { service: a } }'), '/steps/0/action'],
    ['an unknown action in short', one('"stop_servce: a"'), '/steps/0'],
    ['an input that its action does not have', one('{ action: stop_service, with: { servce: a } }'), '/steps/0/with'],
    ['a line for a shell', one('{ action: run_command, with: { command: "ls -l" } }'), '/steps/0/with/command'],
    [
      'an input of a verify',
      one('{ action: stop_service, with: { service: a }, verify: { action: check_health, with: { servic: a } } }'),
      '/steps/0/verify/with',
    ],
    [
      'a step in a group',
      one('{ action: parallel, with: { steps: ["notify: a", { action: notify, with: { mesage: b } }] } }'),
      '/steps/0/with/steps/1/with',
    ],
    ['a test', 'id: a\nsteps: ["notify: a"]\ntests: [{ ends: OVER }]', '/tests/0/ends'],
  ])('%s is refused, at its place', (_, text, place) => expect(refused(text)).toContain(place));
});
