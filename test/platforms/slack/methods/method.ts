import { z } from 'zod';
import type { OneShots } from '../one-shots.js';
import type { Tier } from '../rate-limits.js';
import type { Workspace } from '../workspace.js';

/** Slack's `ok: false`, with its word. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly more: Record<string, unknown> = {},
  ) {
    super(code);
  }
}

export interface MethodContext {
  workspace: Workspace;
  oneShots: OneShots;
  scopes: ReadonlySet<string>;
  /** Base of URLs that are handed out, and the address of sockets. */
  url: string;
}

export interface Method {
  tier: Tier;
  /** One of them is needed; none: any token will do. */
  scopes: readonly string[];
  /** Which token. */
  token: 'bot' | 'app';
  /** Refuses what it does not know. */
  run(args: Record<string, string>, context: MethodContext): Record<string, unknown>;
}

/** A method with checked arguments: an unknown or malformed one is `invalid_arguments`. */
export function method<S extends z.ZodType<object>>(
  args: S,
  row: Omit<Method, 'run' | 'token'> & {
    token?: Method['token'];
    run(args: z.output<S>, context: MethodContext): Record<string, unknown>;
  },
): Method {
  return {
    token: 'bot',
    ...row,
    run(given, context) {
      const parsed = args.safeParse(given);
      if (parsed.success) return row.run(parsed.data, context);
      throw new Refused('invalid_arguments', { response_metadata: { messages: [z.prettifyError(parsed.error)] } });
    },
  };
}

export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
export const timestamp = z.string().regex(/^\d{10}\.\d{6}$/, 'a ts is a string like 1700000000.000001');
/** Arrays and objects come as JSON in a form. */
export const json = z.string().transform((value, context): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue('no JSON');
    return z.NEVER;
  }
});
