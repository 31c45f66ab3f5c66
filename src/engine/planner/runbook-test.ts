import { z } from 'zod';
import { RECOVERY_STATES } from '../model/recovery.js';

const ids = z.array(z.string());

/**
 * What the author of a runbook expects of one rehearsal: at most one of the first four names the step in which something
 * goes wrong; none of them, that nothing does. What is not said is not compared.
 */
export const runbookTestSchema = z
  .strictObject({
    fail: z.string().optional(),
    fail_verify: z.string().optional(),
    fail_undo: z.string().optional(),
    crash: z.string().optional(),
    /** With `crash`: what a look at reality tells; `unknown` when nothing is said. */
    seen: z.enum(['done', 'not_done', 'unknown']).optional(),
    ends: z.enum(RECOVERY_STATES),
    /** What is undone, in this order. */
    undone: ids.optional(),
    /** What stays although nobody declared it irreversible: the author knows of it. */
    left: ids.optional(),
  })
  .refine((test) => [test.fail, test.fail_verify, test.fail_undo, test.crash].filter(Boolean).length <= 1, {
    error: 'at most one of fail, fail_verify, fail_undo and crash',
  })
  .refine(({ crash, seen }) => crash !== undefined || seen === undefined, {
    error: 'seen only beside crash',
    path: ['seen'],
  });

export type RunbookTest = z.output<typeof runbookTestSchema>;
