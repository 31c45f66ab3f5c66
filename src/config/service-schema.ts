import { z } from 'zod';
import { AUTO_DEFAULTS } from '../engine/auto-recover/stage.js';
import { MOST_FALLS } from '../engine/health/flapping.js';
import { CRITICALITIES, RUNTIMES } from '../engine/model/service.js';
import { runbookStep } from '../engine/planner/runbook.js';
import { bytes, command, condition, duration, name, retry, strings, text } from './fields.js';

/** Source: performance requirements of the auto-recovery document, "Health Check Response: < 5 seconds". */
const LIMIT = 'a time from 1ms to less than 5s, such as 2s';

const health = z.strictObject({
  type: z.enum(['http', 'tcp', 'redis', 'postgres', 'container', 'command']),
  url: text.optional(),
  command: command.optional(),
  expect_status: z.array(z.int().min(100).max(599)).optional(),
  interval: duration.optional(),
  timeout: duration.pipe(z.number().min(1, LIMIT).lt(5_000, LIMIT)).optional(),
  failures: z.int().min(1).optional(),
  successes: z.int().min(1).optional(),
});

const circuitBreaker = z.strictObject({
  failure_threshold: z.int().min(1).default(5),
  failure_rate_threshold: z.number().min(0).max(1).default(0.5),
  timeout_duration: duration.default(60_000),
  /** The time doubles with each trial that fails, up to this. */
  max_timeout_duration: duration.default(600_000),
  request_timeout: duration.default(30_000),
  max_concurrent_calls: z.int().min(1).default(100),
});

const WORKLOADS = ['deployment', 'statefulset', 'daemonset'] as const;

/** Source: Kubernetes documentation, "Object Names and IDs". */
const objectName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'a name as Kubernetes has them: small letters, digits, - and .');

/** Where a service runs: one section a runtime, except docker, whose section is the source document's one key. */
const places = {
  container_name: text.optional(),
  compose: z.strictObject({ file: text, service: text }).optional(),
  kubernetes: z
    .strictObject({
      namespace: objectName.default('default'),
      kind: z
        .string()
        .toLowerCase()
        .pipe(z.enum(WORKLOADS, { error: `one of ${WORKLOADS.join(', ')}` }))
        .default('deployment'),
      name: objectName,
      context: text.optional(),
    })
    .transform(({ context, ...place }) => ({ ...place, ...(context === undefined ? {} : { context }) }))
    .optional(),
  process: z
    .strictObject({
      command,
      cwd: text.default('.'),
      env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
    })
    .optional(),
  systemd: z.strictObject({ unit: text }).optional(),
};

/** What a container may use, from small to big: `scale_up` and `scale_down` go one up or down. */
const size = z
  .strictObject({ cpus: z.number().min(0.01).optional(), memory: bytes.optional() })
  .refine(({ cpus, memory }) => cpus !== undefined || memory !== undefined, { error: 'cpus, memory, or both' })
  .transform(({ cpus, memory }) => ({
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
  }));

const FILE = 'a name of files without a slash, such as *.log.*';

/** What `check_disk` measures, and what `clean_folders` may remove for good: nothing that is not written here. */
const diskFolder = z.strictObject({
  folder: text,
  remove: z.array(z.string().regex(/^[^/]+$/, FILE)).default([]),
  older_than: duration.default(86_400_000),
  limit: bytes.optional(),
});

/** The strategy `failover`: steps as in a runbook. */
const failover = z.strictObject({
  to: name,
  promote: z.array(runbookStep).default([]),
  switch: z.array(runbookStep).min(1),
});

/** A condition alone, or with how it earns trust: the long form begins in shadow mode. */
const autoRecover = z.union([
  condition,
  z.strictObject({
    when: condition,
    limit_per_hour: z.int().min(0).default(AUTO_DEFAULTS.limitPerHour),
    shadow: z.boolean().default(true),
    promote_after: z.int().min(1).default(AUTO_DEFAULTS.promoteAfter),
  }),
]);

/** A service as written; the source document's own key names, and ours beside them. */
export const serviceSchema = z.strictObject({
  name,
  runtime: z.enum(RUNTIMES).optional(),
  ...places,
  sizes: z.array(size).min(1).optional(),
  failover: failover.optional(),
  disk: z.array(diskFolder).min(1).optional(),
  data_dir: text.optional(),
  health: z.array(health).default([]),
  health_check_url: text.optional(),
  recovery_strategies: strings.default(['restart']),
  max_recovery_attempts: z.int().min(1).default(3),
  retry_policy: retry.optional(),
  target_availability: z.number().min(0).max(100).optional(),
  flapping: z
    .strictObject({ times: z.int().min(2).max(MOST_FALLS).default(3), within: duration.default(600_000) })
    .optional(),
  criticality: z.enum(CRITICALITIES).default('medium'),
  priority: z.int().min(1).max(10).optional(),
  depends_on: z.array(name).default([]),
  circuit_breaker_enabled: z.boolean().optional(),
  circuit_breaker: circuitBreaker.optional(),
  state_backup_enabled: z.boolean().default(false),
  snapshots: z.strictObject({ hourly: z.boolean() }).optional(),
  /** A policy of the section `escalation`; absent: the one named default. */
  escalation: name.optional(),
  rto: duration.optional(),
  drill: z.strictObject({ allowed: z.boolean() }).optional(),
  auto_recover: autoRecover.optional(),
});

export type RawService = z.output<typeof serviceSchema>;
export type RawHealth = RawService['health'][number];
export const BREAKER_DEFAULTS = circuitBreaker.parse({});
