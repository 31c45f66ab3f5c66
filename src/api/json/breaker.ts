import { z } from 'zod';
import type { BreakerView } from '../../engine/breakers/view.js';
import { iso, moment } from './moment.js';

export const breakerJson = z.strictObject({
  state: z.enum(['closed', 'open', 'half_open']),
  enabled: z.boolean().describe('False: the configuration does not want one, so that it is always closed'),
  since: moment,
  consecutive_failures: z.int(),
  calls: z.int().describe('Within the last minute, as far as they are stored; checks of its health are calls, too'),
  error_rate: z
    .number()
    .nullable()
    .describe('Per cent of them that failed; null while it is open and nothing is called'),
  openings: z.int().describe('In a row, without a call in between that succeeded'),
  reason: z.string().nullable(),
  opened_by: z.string().nullable().describe('reviver, a person, or a step of a recovery'),
  next_trial_at: moment.describe('When one call is let through; null: when it is closed, or only a reset ends it'),
});
export type BreakerJson = z.infer<typeof breakerJson>;

export function toBreakerJson(breaker: BreakerView): BreakerJson {
  return {
    state: breaker.state,
    enabled: breaker.enabled,
    since: iso(breaker.since),
    consecutive_failures: breaker.failuresInARow,
    calls: breaker.calls,
    error_rate: breaker.errorRate,
    openings: breaker.openings,
    reason: breaker.reason,
    opened_by: breaker.by,
    next_trial_at: iso(breaker.trialAt),
  };
}
