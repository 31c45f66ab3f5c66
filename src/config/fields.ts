import { z } from 'zod';
import { parseBytes } from '../engine/model/bytes.js';
import { parseDuration } from '../engine/model/duration.js';
import { InvalidInput } from '../engine/model/errors.js';
import { ROLES } from '../engine/model/person.js';
import { retryPolicy } from '../engine/model/retry-policy.js';
import { SERVICE_NAME } from '../engine/model/service.js';
import { retrySchema } from '../engine/planner/runbook.js';

/** Kinds of value in the configuration. A message completes the sentence "expected ...". */
export const NAME = SERVICE_NAME;

export const name = z.string().regex(NAME, 'letters, digits, ., _ and -, at most 63');
export const text = z.string().min(1);
export const role = z.enum(ROLES);
export const strings = z.array(text);

/** `30s`, or a number of seconds; milliseconds inside. */
export const duration = z
  .union([z.string(), z.number()], { error: 'a duration such as 500ms, 30s, 15m or 3d' })
  .transform((value, context) => orIssue(context, () => parseDuration(value)));

/** `512m`, as Docker writes sizes of memory, or a number of bytes; bytes inside. */
export const bytes = z
  .union([z.string(), z.number()], { error: 'a size such as 256m or 2g' })
  .transform((value, context) => {
    const found = parseBytes(value);
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: 'a size such as 256m or 2g' });
    return z.NEVER;
  });

/** Program and arguments; a line for a shell is refused, since nothing here runs in a shell. */
export const command = z
  .array(z.string(), { error: 'a list: the program, then each argument, such as [redis-server, --port, "6380"]' })
  .min(1, 'a program');

/** An id that people write as a number or as text. */
export const id = z.union([z.string().min(1), z.int()], { error: 'an id' }).transform(String);

/** A condition in CEL; whether it compiles is checked with the whole. */
export const condition = z.string().min(1, 'a condition such as "risk < 0.3"');

export const retry = retrySchema.transform((given, context) =>
  orIssue(context, () =>
    retryPolicy(
      withoutUndefined({
        strategy: given.strategy,
        maxRetryAttempts: given.max_retry_attempts,
        initialDelayMs: given.initial_delay_ms,
        backoffMultiplier: given.backoff_multiplier,
        maxDelayMs: given.max_delay_ms,
      }),
    ),
  ),
);

/** What the engine refuses is an issue of the schema too, in the engine's own words. */
function orIssue<T>(context: z.RefinementCtx, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { field, allowed } = error.facts;
    const path = typeof field === 'string' && field !== 'duration' ? [field.replace(/^retry\./, '')] : [];
    context.addIssue({ code: 'custom', path, message: String(allowed) });
    return z.NEVER;
  }
}

function withoutUndefined<T extends object>(value: T): T {
  const kept = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.assign(Object.create(null), Object.fromEntries(kept));
}
