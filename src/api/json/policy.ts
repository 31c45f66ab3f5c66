import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RETRY_STRATEGIES, type RetryPolicy } from '../../engine/model/retry-policy.js';
import type { RecoveryPolicy } from '../../engine/recovery-policies/recovery-policy.js';
import { iso } from './moment.js';

/** Names of the Recovery Orchestrator document. */
const numbers = {
  strategy: z.enum(RETRY_STRATEGIES),
  max_retry_attempts: z.int().min(1).max(1_000),
  initial_delay_ms: z.number().min(0).max(86_400_000),
  backoff_multiplier: z.number().min(1).max(1_000),
  max_delay_ms: z.number().min(0).max(86_400_000),
};

export const policyJson = z.strictObject({
  service: z.string(),
  ...numbers,
  source: z.enum(['set', 'configuration', 'default']).describe('Where it comes from'),
  version: z.int().describe('How often it was set; 0: never'),
  set_by: z.string().nullable(),
  set_at: z.iso.datetime().nullable(),
  constitutional_hash: z.string(),
});

const answered = z.unknown().optional();

/** What GET answers may be sent back as it is: what cannot be set is not looked at. */
export const policyBody = z.strictObject({
  strategy: numbers.strategy.optional().describe(`one of ${RETRY_STRATEGIES.join(', ')}`),
  max_retry_attempts: numbers.max_retry_attempts.optional().describe('a whole number from 1 to 1000'),
  initial_delay_ms: numbers.initial_delay_ms.optional().describe('a number from 0 to 86400000'),
  backoff_multiplier: numbers.backoff_multiplier.optional().describe('a number from 1.0 to 1000'),
  max_delay_ms: numbers.max_delay_ms.optional().describe('a number from initial_delay_ms to 86400000'),
  constitutional_hash: z.string().max(128).optional().describe('the constitutional hash, if it shall be compared'),
  service: answered,
  source: answered,
  version: answered,
  set_by: answered,
  set_at: answered,
});

export function toPolicyJson(held: RecoveryPolicy, constitutionalHash: string): z.infer<typeof policyJson> {
  const { service, policy, source, version, by, at } = held;
  return {
    service,
    strategy: policy.strategy,
    max_retry_attempts: policy.maxRetryAttempts,
    initial_delay_ms: policy.initialDelayMs,
    backoff_multiplier: policy.backoffMultiplier,
    max_delay_ms: policy.maxDelayMs,
    source,
    version,
    set_by: by ?? null,
    set_at: iso(at ?? null),
    constitutional_hash: constitutionalHash,
  };
}

export function toRetryPolicy(body: z.output<typeof policyBody>): Partial<RetryPolicy> {
  return {
    ...(body.strategy === undefined ? {} : { strategy: body.strategy }),
    ...(body.max_retry_attempts === undefined ? {} : { maxRetryAttempts: body.max_retry_attempts }),
    ...(body.initial_delay_ms === undefined ? {} : { initialDelayMs: body.initial_delay_ms }),
    ...(body.backoff_multiplier === undefined ? {} : { backoffMultiplier: body.backoff_multiplier }),
    ...(body.max_delay_ms === undefined ? {} : { maxDelayMs: body.max_delay_ms }),
  };
}

/** Strong: another one as soon as anything of the answer is another. */
export function policyTag(body: z.infer<typeof policyJson>): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)}"`;
}
