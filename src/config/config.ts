import { dirname, resolve } from 'node:path';
import type { GenericSource } from '../engine/alerts/mapping.js';
import type { MatchRule } from '../engine/alerts/service-of.js';
import type { Stage } from '../engine/escalation/escalation.js';
import type { PlannedMaintenance } from '../engine/health/planned-maintenance.js';
import type { Person, Role } from '../engine/model/person.js';
import { type ApprovalPolicy, DEFAULT_POLICY } from '../engine/planner/policy.js';
import type { Runbook } from '../engine/planner/runbook.js';
import type { StepAliases } from '../engine/planner/sent-steps.js';
import type { RawConfig } from './schema.js';
import { type ConfiguredService, toService } from './service.js';
import { withServicesNamed } from './templates.js';

/** Platform name to its channel. */
export type Channels = Record<string, string>;

/** The configuration in the engine's own types: checked, with defaults, paths absolute, times in milliseconds. */
export interface Config {
  /** Absolute path of the file. */
  file: string;
  constitution: { hash: string; file: string };
  /** `incidents` is always there. */
  channels: { incidents: Channels; [name: string]: Channels };
  /** Channels whose people read another language than English. */
  languages: { platform: string; channel: string; language: 'en' | 'ru' }[];
  people: Person[];
  groups: { slackUsergroup: string; roles: Role[] }[];
  approvals: ApprovalPolicy;
  maxConcurrentRecoveries: number;
  recoveryTimeoutMs: number;
  undoWithinMs: number;
  healthCheckIntervalMs: number;
  snapshotRetentionMs: number;
  retention: { eventMonths: number; auditMonths: number; recoveriesMs: number; effectsMs: number; consoleMs: number };
  services: ConfiguredService[];
  maintenance: PlannedMaintenance[];
  /** Containers that their labels make services. */
  discovery: {
    docker: boolean;
    /** Absent: where a cluster is named, by KUBECONFIG or by a service. */
    kubernetes?: boolean;
    goneAfterMs: number;
  };
  alerts: { match: MatchRule[]; generic: GenericSource[] };
  escalation: {
    policies: Record<string, Stage[]>;
    contacts: { email: string[]; sms: string[]; webhook?: string };
    language: 'en' | 'ru';
    link?: string;
  };
  pools: string[];
  backups: Record<string, { service: string; location: string; database?: string }>;
  stepAliases: StepAliases;
  /** Routine care: when it happens, by the name of the job, where that is not its own time. */
  housekeeping: { timeZone: string; schedules: Record<string, string>; hourlySnapshotsKept: number };
  /** Absolute paths of modules. */
  extensions: string[];
  /** Inline runbooks of the source document. */
  templates: Runbook[];
  /** `celery.broker_url`: read as the Redis URL where REDIS_URL is not set. */
  brokerUrl?: string;
  /** Things that work, though not as written. */
  warnings: string[];
}

export function toConfig(raw: RawConfig, file: string, warnings: string[]): Config {
  const folder = dirname(file);
  const health = { intervalMs: raw.health_check_interval };
  const { incidents = { console: 'incidents' }, ...channels } = mapValues(raw.channels, ({ language: _, ...ids }) =>
    platforms(ids),
  );
  return {
    file,
    constitution: { hash: raw.constitution.hash, file: resolve(folder, raw.constitution.file) },
    channels: { incidents, ...channels },
    languages: Object.values(raw.channels).flatMap(({ language, ...ids }) =>
      language === undefined
        ? []
        : Object.entries(platforms(ids)).map(([platform, channel]) => ({ platform, channel, language })),
    ),
    people: raw.people.map(({ name, roles, ...ids }) => ({ name, roles, ids: platforms(ids) })),
    groups: raw.groups.map((group) => ({ slackUsergroup: group.slack_usergroup, roles: group.roles })),
    approvals: toApprovals(raw),
    maxConcurrentRecoveries: raw.max_concurrent_recoveries,
    recoveryTimeoutMs: raw.recovery_timeout,
    undoWithinMs: raw.undo_within,
    healthCheckIntervalMs: raw.health_check_interval,
    snapshotRetentionMs: raw.snapshot_retention_days * 86_400_000,
    retention: {
      eventMonths: raw.retention.event_months,
      auditMonths: raw.retention.audit_months,
      recoveriesMs: raw.retention.recoveries,
      effectsMs: raw.retention.effects,
      consoleMs: raw.retention.console,
    },
    services: raw.services.map((service) => toService(service, folder, health)),
    maintenance: raw.maintenance,
    discovery: toDiscovery(raw.discovery),
    alerts: { match: raw.alerts.match, generic: raw.alerts.generic.map(toGeneric) },
    escalation: {
      policies: mapValues(raw.escalation.policies, (stages) =>
        stages.map(({ after, notify }) => ({ afterMs: after, notify })),
      ),
      contacts: raw.escalation.contacts,
      language: raw.escalation.language,
      ...(raw.escalation.link === undefined ? {} : { link: raw.escalation.link }),
    },
    pools: raw.pools,
    backups: raw.backups,
    stepAliases: new Map(
      Object.entries(raw.step_aliases).map(([name, { action, with: input }]) => [name, { action, input }]),
    ),
    housekeeping: {
      timeZone: raw.housekeeping.time_zone,
      schedules: raw.housekeeping.schedules,
      hourlySnapshotsKept: raw.housekeeping.hourly_snapshots_kept,
    },
    extensions: raw.extensions.map((path) => resolve(folder, path)),
    templates: raw.templates.map((template) => withServicesNamed(template, raw.services)),
    ...(raw.celery?.broker_url && { brokerUrl: raw.celery.broker_url }),
    warnings,
  };
}

function toDiscovery({ docker, kubernetes, gone_after }: RawConfig['discovery']): Config['discovery'] {
  return { docker, ...(kubernetes === undefined ? {} : { kubernetes }), goneAfterMs: gone_after };
}

function toApprovals({ approvals, freeze, proven_within }: RawConfig): ApprovalPolicy {
  return {
    expiresMs: approvals.expires,
    useWithinMs: approvals.use_within,
    rules: approvals.rules ?? DEFAULT_POLICY.rules,
    raises: { freezes: freeze, provenWithinMs: proven_within },
  };
}

function toGeneric({ name, mapping }: RawConfig['alerts']['generic'][number]): GenericSource {
  const { starts_at: startsAt, ends_at: endsAt, ...same } = mapping;
  const given = Object.entries({ ...same, startsAt, endsAt }).filter(([, place]) => place !== undefined);
  return { name, mapping: Object.fromEntries(given) };
}

function platforms(ids: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ids).flatMap(([platform, id]) => (id === undefined ? [] : [[platform, id]])),
  );
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
