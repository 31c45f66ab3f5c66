import type { Tokens } from '../api/authentication.js';
import type { GroupRoles } from '../bot/identity.js';
import type { Language } from '../bot/port.js';
import type { SlackSettings } from '../bot/slack/settings.js';
import type { TelegramSettings } from '../bot/telegram/settings.js';
import type { Action } from '../engine/actions/action.js';
import type { GenericSource } from '../engine/alerts/mapping.js';
import type { MatchRule } from '../engine/alerts/service-of.js';
import type { Location } from '../engine/backups/catalog.js';
import type { ConfigurationSource } from '../engine/backups/configuration-source.js';
import type { RepositoryMirror } from '../engine/backups/repository-mirror.js';
import type { BucketAddress } from '../engine/backups/s3/address.js';
import type { Constitution } from '../engine/constitution/constitution.js';
import type { PlannedMaintenance } from '../engine/health/planned-maintenance.js';
import type { Person } from '../engine/model/person.js';
import type { Service } from '../engine/model/service.js';
import type { ApprovalPolicy } from '../engine/planner/policy.js';
import type { Runbook } from '../engine/planner/runbook.js';
import type { StepAliases } from '../engine/planner/sent-steps.js';
import type { Strategy } from '../engine/planner/strategies/strategy.js';
import type { Log } from '../engine/ports.js';
import type { WorkerOptions } from '../engine/recovery/worker.js';
import type { Secrets } from '../engine/secrets/secrets.js';
import type { Retention } from '../engine/snapshots/snapshot.js';
import type { RowRetention } from '../store/retention.js';
import type { EscalationSettings } from './escalation-settings.js';

/** Months of the event log and of the audit, and milliseconds of everything else. */
export interface KeepOptions extends RowRetention {
  eventMonths: number;
  auditMonths: number;
}

export const NODE_ROLES = ['bot', 'worker', 'api', 'scheduler'] as const;
export type NodeRole = (typeof NODE_ROLES)[number];

/** Everything that a node is made of, as plain values: read once, checked, frozen by whoever starts it. */
export interface NodeOptions {
  roles: readonly NodeRole[];
  version: string;
  databaseUrl: string;
  redisUrl: string;
  host: string;
  port: number;
  metricsPort: number;
  /** Of pages that may open WebSockets, besides our own. */
  origins?: readonly string[];
  dataDir: string;
  dockerHost?: string;
  /** KUBECONFIG. */
  kubeconfig?: string;
  backupDir: string;
  /** Locations of backups that lie elsewhere. */
  backupDirs?: Partial<Record<Location, string>>;
  /** Base backups and the log that Postgres archives. */
  archiveDirs?: { base: string; wal: string };
  /** Where copies of backups go. */
  backupBucket?: BucketAddress;
  /** Reviver's own, which is exported with its secrets; absent: there is none, as in a program of one's own. */
  configuration?: ConfigurationSource;
  /** That of the runbooks, and where its mirror is; absent: it has none. */
  repository?: RepositoryMirror;
  /** Of base backups and the log; absent: they lie here alone. */
  archiveBucket?: BucketAddress;
  constitution: Constitution;
  /** What was read at the start, for the audit: SHA-256 of the file, and of all runbooks. */
  rulesRead?: { file: string; sha256: string; runbooks: string };
  /** Of the configuration. */
  services: readonly Service[];
  /** Labelled containers are services too; absent: they are not looked for. */
  discovery?: { docker: boolean; kubernetes: boolean; goneAfterMs: number; healthIntervalMs: number };
  plannedMaintenance: readonly PlannedMaintenance[];
  runbooks: readonly Runbook[];
  stepAliases: StepAliases;
  /** Documents about runbooks and strategies; need not be there. */
  knowledgeDir: string;
  people: readonly Person[];
  policy: ApprovalPolicy;
  /** By name; each has its own id on each platform. */
  alerts: {
    match: readonly MatchRule[];
    generic: readonly GenericSource[];
    secrets: { tokens: readonly string[]; hmac: readonly string[]; pagerduty: readonly string[] };
  };
  channels: { incidents: Record<string, string>; [name: string]: Record<string, string> };
  languages: readonly { platform: string; channel: string; language: Language }[];
  groups: readonly GroupRoles[];
  /** Who is called when a recovery needs people, and by what. */
  escalation: EscalationSettings;
  slack?: SlackSettings;
  telegram?: TelegramSettings;
  backups: Record<string, { service: string; location: string; database?: string }>;
  housekeeping: { timeZone: string; schedules: Record<string, string> };
  /** What references to secrets mean; absent: there are none. */
  secrets?: Secrets;
  /** REVIVER_SECRET_KEY: what is kept on disk is encrypted with it. */
  secretKey: string | undefined;
  snapshotRetention: Retention;
  /** Of services that ask for it; a folder of their own. */
  hourlySnapshots?: { dir: string; kept: number; bucket?: BucketAddress };
  /** Pools that runbooks may name. */
  pools: readonly string[];
  /** Pools whose steps this node's worker runs. */
  workerPools: readonly string[];
  maxConcurrentRecoveries: number;
  recoveryTimeoutMs: number;
  undoWithinMs: number;
  /** How long what is over is kept; default a year, effects 30 days. */
  retention?: KeepOptions;
  /** Whose signatures the audit's anchors bear; made there where it is absent. */
  auditKeyFile: string;
  /** A step without a live worker in its pool is told of after this long; default one minute. */
  strandedAfterMs?: number;
  tokens: Tokens;
  worker?: Partial<WorkerOptions>;
  extraActions?: readonly Action[];
  extraStrategies?: readonly Strategy[];
  /** For tests: the machine that this worker says it runs on. */
  workerHost?: string;
  /** For tests: where to die. */
  crashPoint?: string;
  /** Where spans go; absent: none are made. */
  tracing?: { endpoint: string };
  log: Log;
}
