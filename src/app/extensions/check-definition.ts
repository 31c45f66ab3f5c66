import { z } from 'zod';
import { parseInput } from '../../engine/actions/parse-input.js';
import { InvalidInput } from '../../engine/model/errors.js';
import type { ActionDefinition, SecretSourceDefinition, StrategyDefinition } from './definition.js';

const made = (allowed: string) => z.custom((value) => typeof value === 'function', { error: allowed });
const optional = (allowed: string) => made(allowed).optional();
const name = (allowed: string) => z.string({ error: allowed }).regex(/^[a-z][a-z0-9_]{0,62}$/, { error: allowed });
const text = z.string({ error: 'a text' });

const NAME = 'a name of small letters, digits and _, such as drain_queue';
const RISK = 'a number from 0 (harmless) to 1 (destructive), or a function of the input';
const IDEMPOTENT = 'true or false: whether a second run does no harm';
const VERSION = 'a whole number from 1 on, raised when the meaning of the action changes';
const SCHEME = 'small letters, digits and -, such as op';
const DAY_MS = 24 * 3_600_000;
const ENDS = 'milliseconds, at most 15000';
const TIMEOUT = 'milliseconds, at most those of 24 hours';

const action = z.strictObject({
  name: name(NAME),
  risk: z.custom(
    (value) => typeof value === 'function' || (Number(value) >= 0 && Number(value) <= 1 && typeof value === 'number'),
    { error: RISK },
  ),
  idempotent: z.boolean({ error: IDEMPOTENT }),
  input: z.custom(isSchema, { error: 'a schema of zod 4, such as z.strictObject({ file: z.string() })' }),
  run: made('a function (input, ctx, before)'),
  description: text.optional(),
  version: z.number({ error: VERSION }).int({ error: VERSION }).min(1, { error: VERSION }).optional(),
  timeoutMs: z.number({ error: TIMEOUT }).min(1, { error: TIMEOUT }).max(DAY_MS, { error: TIMEOUT }).optional(),
  endsWithinMs: z.number({ error: ENDS }).min(1, { error: ENDS }).max(15_000, { error: ENDS }).optional(),
  shorthand: text.optional(),
  spawns: z
    .custom((value) => ['boolean', 'function'].includes(typeof value), {
      error: 'true, false, or a function (input, ctx)',
    })
    .optional(),
  approval: z.literal('always', { error: '"always"' }).optional(),
  services: optional('a function of the input that gives names of services'),
  pin: optional('a function (input, kept)'),
  title: optional('a function of the input that gives a text'),
  look: optional('a function (input, ctx) that gives the before-state'),
  probe: optional('a function (input, before, ctx) that gives an outcome'),
  inverse: optional('a function (input, before) that gives the call that undoes it'),
  imagine: optional('a function of the input that gives a before-state'),
  detail: optional('a function (input, ctx) that gives lines and facts for the question'),
  preview: optional('a function (input, ctx) that gives one line'),
  dryRun: optional('a function (input, ctx) that gives one line'),
} satisfies Record<keyof ActionDefinition, z.ZodType>);

const strategy = z.strictObject({
  name: name('a name of small letters, digits and _, such as drain_first'),
  description: text.optional(),
  compile: made('a function (service, ctx) that gives steps'),
} satisfies Record<keyof StrategyDefinition, z.ZodType>);

/** Throws one error that names the field, its value and what is allowed; an unknown key with what was meant. */
export function checkAction(given: unknown): void {
  const where = `action ${nameOf(given)}`;
  parseInput({ name: where, input: action }, given, where);
  const { input, shorthand, preview, dryRun }: { [key: string]: unknown } = Object(given);
  if (preview && dryRun)
    throw new InvalidInput(`${where}.dryRun`, dryRun, 'either preview or dryRun, which are the same');
  if (!isSchema(input)) return;
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  if (!refusesStrangers(schema))
    throw new InvalidInput(
      `${where}.input`,
      'a schema that ignores unknown keys',
      'z.strictObject, which finds misspelt ones',
    );
  const keys = Object.keys(schema.properties ?? {});
  if (shorthand !== undefined && keys.length > 0 && !keys.some((key) => key === shorthand))
    throw new InvalidInput(`${where}.shorthand`, shorthand, `one of the fields of its input: ${keys.join(', ')}`);
}

export function checkStrategy(given: unknown): void {
  const where = `strategy ${nameOf(given)}`;
  parseInput({ name: where, input: strategy }, given, where);
}

const source = z.strictObject({
  scheme: z.string({ error: SCHEME }).regex(/^[a-z][a-z0-9-]{0,30}$/, { error: SCHEME }),
  resolve: made('a function (name, signal) that gives the secret'),
  form: text.optional(),
  local: z.boolean({ error: 'true: it is of this machine, and is asked at the start, too' }).optional(),
  objection: optional('a function of the name that says why it names nothing'),
} satisfies Record<keyof SecretSourceDefinition, z.ZodType>);

export function checkSecretSource(given: unknown): void {
  const { scheme }: { scheme?: unknown } = Object(given);
  const where = `secret source ${typeof scheme === 'string' ? `"${scheme}"` : '(without a scheme)'}`;
  parseInput({ name: where, input: source }, given, where);
}

/** Also of another copy of zod: an extension may bring its own. */
function isSchema(value: unknown): value is z.ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value && 'refine' in value;
}

/** A record, or a loose object, takes any key because its author said so; an object that drops them does not. */
function refusesStrangers(schema: z.core.JSONSchema.BaseSchema): boolean {
  const parts = [schema.anyOf, schema.oneOf].find((several) => several !== undefined);
  if (parts) return parts.every((part) => typeof part === 'boolean' || refusesStrangers(part));
  return schema.type !== 'object' || schema.additionalProperties !== undefined;
}

function nameOf(given: unknown): string {
  const { name: named }: { name?: unknown } = Object(given);
  return typeof named === 'string' && named !== '' ? `"${named}"` : '(without a name)';
}
