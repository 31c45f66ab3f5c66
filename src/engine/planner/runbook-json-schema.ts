import { z } from 'zod';
import type { Action } from '../actions/action.js';
import { COMPOSITE_INPUTS } from './compose.js';
import { callSchema, MOST_STEPS, runbookSchema, stepSchema } from './runbook.js';

type Schema = z.core.JSONSchema.JSONSchema;

/**
 * JSON Schema (draft 2020-12) of a runbook, for editors: made from the schemas that check runbooks and the inputs of these
 * actions, so that it cannot differ. What only the planner can tell, such as names in templates, it lets pass.
 */
export function runbookJsonSchema(actions: ReadonlyMap<string, Action>): Schema {
  const { $schema, ...whole } = draft(runbookSchema);
  const all = [...actions.values()];
  return {
    $schema,
    title: 'Reviver runbook',
    description: 'What is done about a service that is ill, step by step. The language: docs/runbooks.md.',
    ...whole,
    properties: { ...whole.properties, steps: { ...list(1), maxItems: MOST_STEPS } },
    $defs: {
      step: { anyOf: [shortStep(all), ref('longStep')] },
      longStep: {
        ...nested(stepSchema, { verify: ref('call'), rollback: { anyOf: [ref('call'), { const: 'none' }] } }),
        allOf: choices([...all.map(({ name }) => name), ...Object.keys(COMPOSITE_INPUTS)]),
      },
      call: { ...nested(callSchema, {}), allOf: choices(all.map(({ name }) => name)) },
      ...Object.assign({}, ...all.map(inputOf)),
      ...composites(),
    },
  };

  function nested(schema: z.ZodObject, replaced: Record<string, Schema>): Schema {
    const { $schema: _, ...made } = draft(schema);
    const known = [...all.map(({ name, description }) => ({ const: name, description })), ...COMPOSITES];
    const action = { anyOf: schema === callSchema ? known.slice(0, all.length) : known };
    return { ...made, properties: { ...made.properties, ...replaced, action } };
  }
}

const COMPOSITES: readonly Schema[] = [
  { const: 'parallel', description: 'Steps side by side' },
  { const: 'sub_runbook', description: 'The steps of another runbook' },
];

/** What `with` holds depends on the action: one case each. */
function choices(names: readonly string[]): Schema[] {
  return names.map((name) => ({
    if: { properties: { action: { const: name } }, required: ['action'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
    then: { properties: { with: ref(inputName(name)) } },
  }));
}

function composites(): Record<string, Schema> {
  const entries = Object.entries(COMPOSITE_INPUTS).map(([name, input]): [string, Schema] => {
    const { $schema: _, ...made } = draft(input);
    const { properties = {} } = made;
    return [
      inputName(name),
      { ...made, properties: properties.steps ? { ...properties, steps: list(2) } : properties },
    ];
  });
  return Object.fromEntries(entries);
}

/** `stop_service: redis`; an action without a short form stands alone. */
function shortStep(actions: readonly Action[]): Schema {
  const names = actions.map(({ name, shorthand }) => (shorthand ? `${name}\\s*(:[\\s\\S]*)?` : `${name}\\s*:?\\s*`));
  return {
    type: 'string',
    description: 'The short form: "action: its main input"',
    pattern: `^\\s*(${[...names, 'sub_runbook\\s*:\\s*\\S+\\s*'].join('|')})$`,
  };
}

/** The input of an action under its name, and what recursive types it has beside it: names stay apart. */
function inputOf({ name, description, input }: Action): Record<string, Schema> {
  const own = inputName(name);
  const moved: unknown = JSON.parse(JSON.stringify(draft(input)).replaceAll('#/$defs/', `#/$defs/${own}.`));
  const { $defs = {}, ...made } = asSchema(moved);
  const beside = Object.entries($defs).map(([key, one]) => [`${own}.${key}`, one] as const);
  return {
    [own]: { description, ...templated(made) },
    ...Object.fromEntries(beside.map(([key, one]) => [key, asSchema(one)])),
  };
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function list(least: number): Schema {
  return { type: 'array', minItems: least, items: ref('step') };
}

function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

function inputName(action: string): string {
  return `with_${action}`;
}

function draft(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
}

const TEMPLATE: Schema = { type: 'string', pattern: '\\{\\{' };

/** Where a text is of a certain form, a template may stand: what it will be is known only when the plan is made. */
function templated({ $schema: _, ...schema }: Schema): Schema {
  const made: Schema = { ...schema };
  if (schema.properties) made.properties = mapped(schema.properties);
  for (const key of ['items', 'additionalProperties'] as const) {
    const inner = schema[key];
    if (isSchema(inner)) made[key] = templated(inner);
  }
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const inner = schema[key];
    if (inner) made[key] = inner.map((one) => (isSchema(one) ? templated(one) : one));
  }
  return hasForm(schema) ? { anyOf: [made, TEMPLATE] } : made;
}

function mapped(properties: NonNullable<Schema['properties']>): NonNullable<Schema['properties']> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, one]) => [key, isSchema(one) ? templated(one) : one]),
  );
}

function hasForm({ type, pattern, enum: choices, format }: Schema): boolean {
  return type === 'string' && [pattern, choices, format].some((one) => one !== undefined);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
