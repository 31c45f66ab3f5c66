import { z } from 'zod';
import { parseRecoveryName } from '../../engine/model/recovery.js';

/** A name from the configuration: of a service, in a path. */
export function nameOf(what: string) {
  return z
    .string()
    .regex(/^[^\p{C}/\\]{1,128}$/u)
    .describe(`the name of ${what}`);
}

/** `R-12` or `12`, as a number. */
export const recoveryId = z
  .string()
  .transform((text, ctx) => {
    const id = parseRecoveryName(text);
    if (id === undefined) ctx.addIssue({ code: 'custom', message: 'not a recovery' });
    return id ?? z.NEVER;
  })
  .describe('a recovery, such as R-12 or 12');
