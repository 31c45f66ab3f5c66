import { z } from 'zod';
import { CHANNELS } from '../engine/escalation/escalation.js';
import { cronProblem } from '../engine/housekeeping/cron.js';
import { isTimeZone } from '../engine/model/wall-clock.js';
import { runbookSchema } from '../engine/planner/runbook.js';
import { holdsReference } from '../engine/secrets/reference.js';
import { condition, duration, id, name, role, strings, text } from './fields.js';
import { freezeSchema } from './freeze.js';
import { maintenanceSchema } from './maintenance.js';
import { serviceSchema } from './service-schema.js';
import { redis } from './variables.js';

/** The constitutional hash of the Recovery Orchestrator document. */
export const DEFAULT_CONSTITUTION = 'cdd01ef066bc6cf2';

const person = z.strictObject({
  name: text,
  slack: id.optional(),
  telegram: id.optional(),
  console: id.optional(),
  /** The id of the user there, such as PABC123: what is acknowledged in the pager counts as theirs. */
  pagerduty: id.optional(),
  roles: z.array(role),
});

const group = z.strictObject({ slack_usergroup: id, roles: z.array(role) });

const channel = z.strictObject({
  slack: id.optional(),
  telegram: id.optional(),
  console: id.optional(),
  /** What its people read. */
  language: z.enum(['en', 'ru']).optional(),
});

const approvals = z.strictObject({
  expires: duration.default(15 * 60_000),
  use_within: duration.default(5 * 60_000),
  rules: z
    .array(
      z.strictObject({
        when: condition,
        need: z.int().min(0),
        role: role.optional(),
        including: role.optional(),
      }),
    )
    .min(1)
    .optional(),
});

const discovery = z.strictObject({
  docker: z.boolean().default(true),
  kubernetes: z.boolean().optional(),
  gone_after: duration.default(5 * 60_000),
});

const STAGES = 'at least one level, such as { after: 5m, notify: [pagerduty] }';
const mail = z.string().regex(/^[^\s@,;<>"]+@[^\s@,;<>"]+$/, 'a mail address such as oncall@example.com');
const phone = z
  .string()
  .regex(/^\+[1-9]\d{5,14}$/, 'a phone number with + and country code, in quotes, such as "+15005550006"');

const WEB_ADDRESS =
  'a URL that begins with https:// or http://, or a reference such as file:/run/secrets/webhook or https://hooks.example.com/${env:WEBHOOK_KEY}';
/** What a reference means is seen when somebody is called. */
const isWebAddress = (text: string): boolean =>
  holdsReference(text) || z.url({ protocol: /^https?$/ }).safeParse(text).success;

const escalation = z.strictObject({
  policies: z
    .record(
      name,
      z
        .array(z.strictObject({ after: duration, notify: z.array(z.enum(CHANNELS)).min(1, 'at least one channel') }))
        .min(1, STAGES),
    )
    .default({}),
  contacts: z
    .strictObject({
      email: z.array(mail).default([]),
      sms: z.array(phone).default([]),
      webhook: z.string().refine(isWebAddress, { error: WEB_ADDRESS }).optional(),
    })
    .default({ email: [], sms: [] }),
  /** What those read who are paged. */
  language: z.enum(['en', 'ru']).default('en'),
  /** Where people open Reviver: a link of every page. */
  link: z.url({ protocol: /^https?$/, error: 'a URL that begins with https:// or http://' }).optional(),
});

const pointer = z.string().min(1, 'a JSON pointer such as /labels/host, or CEL such as alert.state == "ok"');

/** How the JSON of a program that nobody knows is read: JSON pointers begin with a slash, all else is CEL over `body` and `alert`. */
const mapping = z.strictObject({
  /** Where the list of alerts is; absent: the body is one alert. */
  alerts: pointer.optional(),
  fingerprint: pointer.optional(),
  name: pointer.optional(),
  status: pointer.optional(),
  service: pointer.optional(),
  severity: pointer.optional(),
  says: pointer.optional(),
  labels: pointer.optional(),
  starts_at: pointer.optional(),
  ends_at: pointer.optional(),
});

const generic = z.strictObject({ name, mapping: mapping.default({}) });

const alerts = z.strictObject({
  match: z.array(z.strictObject({ when: condition, service: name })).default([]),
  generic: z
    .union([generic, z.array(generic)])
    .transform((given) => [given].flat())
    .default([]),
});

/** Times of routine care, by the name of the job; `off`: it does not happen. */
const housekeeping = z.strictObject({
  time_zone: z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin').default('UTC'),
  schedules: z
    .record(
      z.string(),
      z.string().superRefine((cron, ctx) => {
        const problem = cron === 'off' ? undefined : cronProblem(cron);
        if (problem) ctx.addIssue({ code: 'custom', message: `${problem}, or off` });
      }),
    )
    .default({}),
  /** So many of each service. */
  hourly_snapshots_kept: z.int().min(1).default(24),
});

const days = (n: number) => n * 86_400_000;

/** How long what is over is kept. The log goes by whole months, since it is dropped by the partition. */
const retention = z.strictObject({
  event_months: z.int('a whole number of months').min(1, 'at least 1 month').max(1_200).default(12),
  audit_months: z.int('a whole number of months').min(1, 'at least 1 month').max(1_200).default(24),
  recoveries: duration.default(days(365)),
  effects: duration.default(days(30)),
  console: duration.default(days(365)),
});
const KEPT = { event_months: 12, audit_months: 24, recoveries: days(365), effects: days(30), console: days(365) };

/** The planner document's section: its broker is Reviver's Redis; its other options mean nothing here. */
const celery = z.looseObject({
  broker_url: redis.optional(),
});

/**
 * `config/reviver.yaml`. Every key is optional, so that the source documents' planner_config.yaml (celery, templates) and
 * auto_recovery.yaml (services) alone are valid too. Durations are milliseconds in the output.
 */
export const configSchema = z.strictObject({
  constitution: z
    .strictObject({
      hash: z
        .string()
        .regex(/^[0-9a-f]{8,64}$/, '8 to 64 hex digits, in quotes')
        .default(DEFAULT_CONSTITUTION),
      file: text.default('constitution.yaml'),
    })
    .default({ hash: DEFAULT_CONSTITUTION, file: 'constitution.yaml' }),
  channels: z.record(name, channel).default({}),
  people: z.array(person).default([]),
  groups: z.array(group).default([]),
  approvals: approvals.default({ expires: 15 * 60_000, use_within: 5 * 60_000 }),
  freeze: z.array(freezeSchema).default([]),
  proven_within: duration.default(90 * 86_400_000),
  max_concurrent_recoveries: z.int().min(1).default(3),
  recovery_timeout: duration.default(300_000),
  undo_within: duration.default(60 * 60_000),
  health_check_interval: duration.default(15_000),
  snapshot_retention_days: z.number().min(0).default(3),
  retention: retention.default(KEPT),
  services: z.array(serviceSchema).default([]),
  maintenance: z.array(maintenanceSchema).default([]),
  discovery: discovery.default({ docker: true, gone_after: 5 * 60_000 }),
  escalation: escalation.default({ policies: {}, contacts: { email: [], sms: [] }, language: 'en' }),
  alerts: alerts.default({ match: [], generic: [] }),
  pools: z.array(name).min(1).default(['default']),
  backups: z.record(name, z.strictObject({ service: name, location: text, database: text.optional() })).default({}),
  housekeeping: housekeeping.default({ time_zone: 'UTC', schedules: {}, hourly_snapshots_kept: 24 }),
  step_aliases: z
    .record(text, z.strictObject({ action: text, with: z.record(z.string(), z.json()).default({}) }))
    .default({}),
  extensions: strings.default([]),
  templates: z.array(runbookSchema).default([]),
  celery: celery.optional(),
});

export type RawConfig = z.output<typeof configSchema>;
