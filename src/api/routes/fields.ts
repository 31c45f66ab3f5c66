import { z } from 'zod';
import type { Json } from '../../engine/model/json.js';
import { parseRecoveryName } from '../../engine/model/recovery.js';

/** A name from the configuration: of a service, in a path. */
export function nameOf(what: string) {
  return z
    .string()
    .regex(/^[^\p{C}/\\]{1,128}$/u)
    .describe(`the name of ${what}`);
}

/** Any value; the body was parsed from JSON, so it is one. */
export const anyJson = z.custom<Json>(() => true);

/** A name that a client gives to something of its own. */
export const clientId = z.string().regex(/^(?=.*\S)[^\p{Cc}]{1,200}$/u);

/** `R-12` or `12`, as a number. */
export const recoveryId = z
  .string()
  .transform((text, ctx) => {
    const id = parseRecoveryName(text);
    if (id === undefined) ctx.addIssue({ code: 'custom', message: 'not a recovery' });
    return id ?? z.NEVER;
  })
  .describe('a recovery, such as R-12 or 12');
