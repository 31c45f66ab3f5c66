import fc from 'fast-check';

/** What of JSON Schema the API document uses. */
export interface Schema {
  type?: string;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  properties?: Record<string, Schema>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

/** Strings that have broken servers. */
export const HOSTILE = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  "'; DROP TABLE recoveries; --",
  '{{ 7 * 7 }}',
  '$(reboot)',
  '__proto__',
  'constructor',
  'R-2147483648',
  'R-99999999999999999999',
  '-1',
  'NaN',
  '1e309',
  '\u202egnp',
  'e\u0301'.repeat(40),
  'x'.repeat(5_000),
  'a\r\nX-Injected: 1',
] as const;

/** Values that fit a schema, and, one in four, values that nearly do or do not at all. `words`: what is known there. */
export function fromSchema(schema: Schema, words: readonly string[] = []): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 3, arbitrary: fitting(schema, words) }, { weight: 1, arbitrary: anything(words) });
}

function fitting(schema: Schema, words: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => fromSchema(choice, words)));
  switch (schema.type) {
    case 'string':
      return text(schema, words);
    case 'integer':
      return fc.integer({ min: bounded(schema.minimum, -10), max: bounded(schema.maximum, 1_000_000) });
    case 'number':
      return fc.double({ min: bounded(schema.minimum, -10), max: bounded(schema.maximum, 1e9), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, words), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 5, 5),
      });
    case 'object':
      return object(schema, words);
    default:
      return anything(words);
  }
}

/** zod writes the bounds of safe integers where there are none. */
function bounded(given: number | undefined, otherwise: number): number {
  return given === undefined || Math.abs(given) > 1e12 ? otherwise : given;
}

function text({ minLength = 0, maxLength = 60 }: Schema, words: readonly string[]): fc.Arbitrary<string> {
  const own = fc.string({ unit: 'grapheme', minLength: Math.min(minLength, 60), maxLength: Math.min(maxLength, 60) });
  const known = fc.constantFrom(...words, 'R-1', 'I-1', '1', '0123abcd', '2026-11-22T10:00:00Z');
  return fc.oneof(known, own, fc.constantFrom(...HOSTILE));
}

function object(schema: Schema, words: readonly string[]): fc.Arbitrary<unknown> {
  const known = Object.entries(schema.properties ?? {}).map(
    ([name, field]) => [name, fromSchema(field, words)] as const,
  );
  const more = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return fc
    .tuple(
      fc.record(Object.fromEntries(known), { requiredKeys: [...(schema.required ?? [])] }),
      more || schema.additionalProperties === undefined || schema.additionalProperties === true
        ? fc.dictionary(fc.constantFrom(...words, 'service', 'extra', 'a.b'), fromSchema(more ?? {}, words), {
            maxKeys: 3,
          })
        : fc.constant({}),
    )
    .map(([fields, extra]) => ({ ...extra, ...fields }));
}

function anything(words: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, ...words, ...HOSTILE),
    fc.jsonValue({ maxDepth: 3 }),
  );
}
