import { z } from 'zod';
import { type ErrorCode, InvalidInput } from '../../engine/model/errors.js';
import { type Principal, ROLES, type Role } from '../../engine/model/person.js';

export interface Raw {
  params: unknown;
  query: unknown;
  body: unknown;
}

export type RowReply =
  | { status: number; body: object }
  | { status: number; text: string; type: string; headers: Record<string, string> };

/** A row for the table of routes of the API. */
export interface ConsoleRoute {
  method: 'get' | 'post';
  path: string;
  operation: string;
  summary: string;
  access: 'public' | readonly Role[];
  params: z.ZodObject;
  query: z.ZodObject;
  body: z.ZodObject;
  answers: Record<number, { description: string; schema?: z.ZodType }>;
  errors: readonly ErrorCode[];
  run(raw: Raw, who: Principal): Promise<RowReply>;
}

/** Everyone with a token that has a person may read; what they may do, the engine decides at each command. */
export const EVERYONE: readonly Role[] = ROLES;

const nothing = z.strictObject({});
const row = {
  access: EVERYONE,
  params: nothing,
  query: nothing,
  body: nothing,
  errors: ['invalid_input', 'not_found', 'unavailable'] as const,
};

/** What the rows have in common. */
export const GET = { ...row, method: 'get' as const };
export const POST = { ...row, method: 'post' as const };

/** Throws `invalid_input` naming the first bad field and what is allowed there. */
export function parse<S extends z.ZodObject>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [field] = issue?.path ?? [];
  const value = field === undefined || typeof raw !== 'object' || raw === null ? raw : Reflect.get(raw, field);
  const allowed =
    (field === undefined ? undefined : schema.shape[String(field)]?.description) ?? issue?.message ?? 'something else';
  throw new InvalidInput(String(field ?? 'body'), value, allowed);
}
