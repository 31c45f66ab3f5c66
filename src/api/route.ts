import { z } from 'zod';
import type { ErrorCode } from '../engine/model/errors.js';
import type { Principal, Role } from '../engine/model/person.js';
import type { Conditions } from './conditions.js';
import { checked } from './input.js';
import type { Prefer } from './prefer.js';

/** One row of the API: it serves requests, checks them, and describes itself in `/openapi.json`. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'delete';
  /** `/recover/{service}` */
  path: string;
  /** Unique: `operationId` of the API document. */
  operation: string;
  summary: string;
  /** One of these roles is needed; `public` asks for no token; a `signed` one knows its senders by itself, from `delivery`. */
  access: 'public' | 'signed' | readonly Role[];
  params: z.ZodObject;
  query: z.ZodObject;
  /** Of post and put only; fields of an absent body are absent. */
  body: z.ZodObject;
  answers: Record<number, Answer>;
  /** What it may refuse with, beside what every route may. */
  errors: readonly ErrorCode[];
  run(raw: RawInput, who: Principal): Promise<Reply>;
}

export interface Answer {
  description: string;
  /** Absent: the answer is text. */
  schema?: z.ZodType;
}

export interface RawInput {
  params: unknown;
  query: unknown;
  body: unknown;
  prefer: Prefer;
  conditions: Conditions;
  /** A signal that aborts when the client is gone: what waits for its sake alone need not wait. */
  gone(): AbortSignal;
  /** Of a signed route. */
  delivery?: Delivery;
}

/** A request as it came: who sent it is not known yet. */
export interface Delivery {
  /** The body as it was sent. Throws too_large or unsupported_media. */
  bytes(): Promise<Buffer>;
  header(name: string): string | undefined;
  address: string;
}

/** `body` is sent as JSON; `text` as it is, with its type. `next`: the cursor of the next page, where the body is an array. */
export type Reply =
  | { status: number; body: object; next?: string | null; headers?: Record<string, string> }
  | { status: number; text: string; type: string; headers?: Record<string, string> };

/** Spread into a route that takes nothing, or less than everything. */
export const NO_INPUT = { params: z.strictObject({}), query: z.strictObject({}), body: z.strictObject({}) };

const NO_DELIVERY: Delivery = { bytes: async () => Buffer.alloc(0), header: () => undefined, address: 'unknown' };

type Described = Omit<Route, 'params' | 'query' | 'body' | 'run'>;

interface Typed<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject> extends Described {
  params: P;
  query: Q;
  body: B;
  handle(input: {
    params: z.output<P>;
    query: z.output<Q>;
    body: z.output<B>;
    who: Principal;
    delivery: Delivery;
    prefer: RawInput['prefer'];
    conditions: RawInput['conditions'];
    gone: RawInput['gone'];
  }): Promise<Reply>;
}

/** Ties a handler to its schemas: it sees only what they let through. */
export function route<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>(
  typed: Typed<P, Q, B>,
): Route {
  const { handle, ...described } = typed;
  return {
    ...described,
    run: async (raw, who) =>
      handle({
        params: checked(typed.params, raw.params),
        query: checked(typed.query, raw.query),
        body: checked(typed.body, raw.body),
        who,
        prefer: raw.prefer,
        conditions: raw.conditions,
        gone: raw.gone,
        delivery: raw.delivery ?? NO_DELIVERY,
      }),
  };
}
