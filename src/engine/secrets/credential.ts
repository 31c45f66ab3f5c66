import { z } from 'zod';
import { holdsReference, replaced } from './reference.js';

/** Schemas of fields that take a secret: only there a reference is one, elsewhere it is text. */
const BEARING = z.registry<{ secret: true }>();

/**
 * A field that may hold a secret: what `schema` allows, or a reference in its place or within it. What the reference
 * stands for is checked when it is known. The text stays as it was written.
 */
export function credential(schema: z.ZodType<string>): z.ZodType<string> {
  const field = z.string({ error: allowedBy(schema) }).superRefine((text, context) => {
    const tried = schema.safeParse(withExamples(text));
    // A whole value may be anything until it is known.
    if (tried.success || isWhole(text)) return;
    context.addIssue({ code: 'custom', message: tried.error.issues[0]?.message ?? 'another text' });
  });
  return field.register(BEARING, { secret: true });
}

/** Names of the fields of an input that take secrets, however deep they stand in them. */
export function secretFields(input: z.ZodType): string[] {
  if (!(input instanceof z.ZodObject)) return [];
  return Object.entries(input.shape).flatMap(([name, field]) => (bears(field) ? [name] : []));
}

/** The text as it might be with its secrets: to judge what stands around them. */
export function withExamples(text: string): string {
  return replaced(text, () => 'example');
}

function isWhole(text: string): boolean {
  return holdsReference(text) && withExamples(text) === 'example';
}

function bears(field: unknown): boolean {
  if (!(field instanceof z.ZodType)) return false;
  if (BEARING.has(field)) return true;
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault || field instanceof z.ZodNullable)
    return bears(field.unwrap());
  if (field instanceof z.ZodArray) return bears(field.element);
  if (field instanceof z.ZodRecord) return bears(field.valueType);
  return field instanceof z.ZodUnion && field.options.some(bears);
}

/** What the schema says of something that is no text at all. */
function allowedBy(schema: z.ZodType<string>): string {
  return schema.safeParse(undefined).error?.issues[0]?.message ?? 'a text';
}
