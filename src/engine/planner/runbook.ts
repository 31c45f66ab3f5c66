import { z } from 'zod';
import { RETRY_STRATEGIES } from '../model/retry-policy.js';
import { runbookTestSchema } from './runbook-test.js';

const risk = z.union([z.number().min(0).max(1), z.enum(['low', 'medium', 'high', 'critical'])], {
  error: 'low, medium, high, critical, or a number from 0 to 1',
});
const duration = z.union([z.string(), z.number()]);
/** What a verify or rollback does. */
export const callSchema = z.strictObject({ action: z.string(), with: z.record(z.string(), z.unknown()).default({}) });

/** Retry as written in YAML; see the Recovery Orchestrator document. */
export const retrySchema = z.strictObject({
  strategy: z.enum(RETRY_STRATEGIES).optional(),
  max_retry_attempts: z.number().optional(),
  initial_delay_ms: z.number().optional(),
  backoff_multiplier: z.number().optional(),
  max_delay_ms: z.number().optional(),
});

/** A step in the long form. */
export const stepSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,62}$/i, 'letters, digits, _ and -, at most 63')
    .optional(),
  name: z.string().optional(),
  action: z.string(),
  with: z.record(z.string(), z.unknown()).default({}),
  risk: risk.optional(),
  approval: z.enum(['auto', 'always', 'never']).default('auto'),
  timeout: duration.optional(),
  retry: retrySchema.optional(),
  when: z.string().optional(),
  verify: callSchema.optional(),
  rollback: z.union([callSchema, z.literal('none')]).optional(),
  on_failure: z.enum(['rollback', 'stop', 'continue']).default('rollback'),
  idempotent: z.boolean().optional(),
  pool: z.string().optional(),
  /** Keeps the state of the service right before the step. */
  snapshot: z.boolean().default(false),
});

export const runbookStep = z.union([z.string(), stepSchema]);

const match = z.strictObject({
  services: z.array(z.string()).default([]),
  alerts: z.array(z.string()).default([]),
  symptoms: z.array(z.string()).default([]),
});

const param = z.strictObject({
  type: z.enum(['string', 'number', 'boolean']).default('string'),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  description: z.string().optional(),
});

/** Of a plan, too: runbooks that bring in each other twice become thousands of steps before anybody notices. */
export const MOST_STEPS = 200;

/** A template in `runbooks/` or in the configuration: match rules, parameters, steps; short and long form mixed. */
export const runbookSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i, 'letters, digits, _ and -, at most 63'),
  name: z.string().optional(),
  description: z.string().default(''),
  risk: risk.optional(),
  match: match.default({ services: [], alerts: [], symptoms: [] }),
  params: z.record(z.string(), param).default({}),
  steps: z.array(runbookStep).min(1).max(MOST_STEPS),
  /** For all of it together; absent: that of the configuration. */
  recovery_timeout: duration.optional(),
  /** What its rehearsal must show. */
  tests: z.array(runbookTestSchema).default([]),
});

export type Runbook = z.output<typeof runbookSchema>;
export type RunbookStep = Runbook['steps'][number];
export type LongStep = z.output<typeof stepSchema>;

/** A step with all its keys; what is not said has its default. */
export function longForm(step: RunbookStep | { action: string; with?: Record<string, unknown> }): LongStep {
  if (typeof step === 'string') throw new Error(`"${step}" is in the short form, which only its action can read`);
  return stepSchema.parse(step);
}

const RISK_WORDS = { low: 0.1, medium: 0.4, high: 0.7, critical: 0.9 } as const;

export function riskNumber(risk: number | keyof typeof RISK_WORDS): number {
  return typeof risk === 'number' ? risk : RISK_WORDS[risk];
}

/** A step as its author wrote it: the short form, or its name and action. */
export function stepText(step: RunbookStep): string {
  return typeof step === 'string' ? step : `${step.action}: ${Object.values(step.with).join(', ')}`.replace(/: $/, '');
}
