import { z } from 'zod';

type Shape = z.core.JSONSchema._JSONSchema;

/**
 * The keys that a schema allows at a path, for "did you mean": read off its JSON Schema, so that no second list of them
 * exists.
 */
export function createKnownKeys(schema: z.ZodType): (path: readonly PropertyKey[]) => string[] {
  const root: Shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return (path) => [...new Set(path.reduce<Shape[]>(step, [root]).flatMap(branches).flatMap(keys))];
}

function step(shapes: Shape[], key: PropertyKey): Shape[] {
  return shapes.flatMap(branches).flatMap((shape) => below(shape, key));
}

function below(shape: Shape, key: PropertyKey): Shape[] {
  if (typeof shape === 'boolean') return [];
  if (typeof key === 'number')
    return typeof shape.items === 'object' && !Array.isArray(shape.items) ? [shape.items] : [];
  const named = shape.properties?.[String(key)] ?? shape.additionalProperties;
  return named === undefined ? [] : [named];
}

function branches(shape: Shape): Shape[] {
  if (typeof shape === 'boolean') return [];
  return [shape, ...(shape.anyOf ?? []).flatMap(branches)];
}

function keys(shape: Shape): string[] {
  return typeof shape === 'boolean' ? [] : Object.keys(shape.properties ?? {});
}
