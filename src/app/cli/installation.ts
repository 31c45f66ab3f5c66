import { join } from 'node:path';
import { readConstitution } from '../../config/constitution.js';
import { type Environment, readEnvironment } from '../../config/environment.js';
import { type Config, configDigest, loadConfig } from '../../config/load.js';
import type { VariableName } from '../../config/variables.js';
import { createActions } from '../../engine/actions/actions.js';
import { type BucketAddress, readBucketAddress } from '../../engine/backups/s3/address.js';
import type { Constitution } from '../../engine/constitution/constitution.js';
import { UserError } from '../../engine/model/errors.js';
import { digestOf } from '../../engine/planner/digest.js';
import { loadRunbooks } from '../../engine/planner/load-runbooks.js';
import { checkSecrets } from '../check-secrets.js';
import { configurationSource } from '../configuration/source.js';
import { loadExtensions } from '../extensions/load.js';
import { createLog } from '../logger.js';
import type { NodeOptions, NodeRole } from '../node-options.js';
import { openSecrets } from '../secrets.js';
import { createTokenBook } from '../tokens/token-book.js';
import { awsVariables } from './aws-variables.js';
import { chatSettings } from './chat-settings.js';
import { escalationSettings, escalationWarnings } from './escalation-settings.js';
import { hourlySnapshotBucket } from './snapshot-bucket.js';
import { hourlySnapshotFolder } from './snapshot-folder.js';
import { packageVersion } from './version.js';

/** Of each service, whatever their age: one to go back to is always there, and the disk does not fill. */
const SNAPSHOTS_KEPT = { atLeast: 2, atMost: 20 };

export interface StartFlags {
  roles: readonly NodeRole[];
  pools: readonly string[];
}

/** Reads environment, configuration and runbooks once, and makes plain options of them; a mistake is named, nothing starts. */
export async function nodeOptions({ roles, pools }: StartFlags, env: NodeJS.ProcessEnv): Promise<NodeOptions> {
  const environment = readEnvironment(env, ['DATABASE_URL']);
  const config = await loadConfig(environment.REVIVER_CONFIG);
  const redisUrl = environment.REDIS_URL?.reveal() ?? config.brokerUrl;
  if (!redisUrl)
    throw new UserError('invalid_input', 'REDIS_URL is missing. Example: REDIS_URL=redis://127.0.0.1:6379');
  const stranger = pools.find((pool) => !config.pools.includes(pool));
  if (stranger)
    throw new UserError(
      'invalid_input',
      `--pool: "${stranger}" is not in the configuration; expected one of ${config.pools.join(', ')}.`,
    );
  const runbooks = [...config.templates, ...(await loadRunbooks(environment.REVIVER_RUNBOOKS))];
  const extensions = await loadExtensions(config.extensions, { services: config.services, runbooks });
  const { actions, strategies } = extensions;
  const secrets = openSecrets(environment, env, extensions.sources);
  const written = {
    services: config.services,
    runbooks,
    aliases: config.stepAliases,
    actions: createActions(actions),
    webhook: config.escalation.contacts.webhook,
  };
  await checkSecrets(written, secrets, roles.includes('worker') || roles.includes('scheduler'));
  const log = createLog(environment.LOG_LEVEL, config.constitution.hash);
  const escalation = escalationSettings(config, environment);
  for (const warning of [...config.warnings, ...escalationWarnings(escalation)])
    log('warn', warning, { part: 'config' });
  return {
    roles,
    version: packageVersion(),
    databaseUrl: reveal(environment, 'DATABASE_URL'),
    redisUrl,
    host: env.REVIVER_HOST ?? '127.0.0.1',
    port: environment.PORT,
    metricsPort: environment.METRICS_PORT,
    origins: environment.REVIVER_ORIGINS?.split(',') ?? [],
    dataDir: environment.REVIVER_DATA,
    ...(environment.DOCKER_HOST ? { dockerHost: environment.DOCKER_HOST } : {}),
    ...(environment.KUBECONFIG ? { kubeconfig: environment.KUBECONFIG } : {}),
    ...backupFolders(environment),
    configuration: configurationSource({ config, environment, env }),
    constitution: await constitutionOf(config.constitution, environment.CONSTITUTIONAL_HASH),
    rulesRead: {
      file: environment.REVIVER_CONFIG,
      sha256: await configDigest(environment.REVIVER_CONFIG),
      runbooks: digestOf(runbooks),
    },
    services: config.services,
    plannedMaintenance: config.maintenance,
    ...discoveryOf(config, environment),
    runbooks,
    stepAliases: config.stepAliases,
    knowledgeDir: environment.REVIVER_KNOWLEDGE,
    people: config.people,
    policy: config.approvals,
    alerts: {
      ...config.alerts,
      secrets: {
        tokens: secretsOf(environment, 'ALERTS_TOKEN'),
        hmac: secretsOf(environment, 'ALERTS_HMAC_SECRET'),
        pagerduty: secretsOf(environment, 'PAGERDUTY_WEBHOOK_SECRET'),
      },
    },
    channels: config.channels,
    languages: config.languages,
    groups: config.groups.map(({ slackUsergroup, roles }) => ({ platform: 'slack', group: slackUsergroup, roles })),
    escalation,
    ...chatSettings(environment),
    backups: config.backups,
    housekeeping: config.housekeeping,
    secrets,
    secretKey: environment.REVIVER_SECRET_KEY?.reveal(),
    hourlySnapshots: hourlySnapshotPlaces(environment, config),
    snapshotRetention: { days: config.snapshotRetentionMs / 86_400_000, ...SNAPSHOTS_KEPT },
    pools: config.pools,
    workerPools: pools.length > 0 ? pools : config.pools,
    maxConcurrentRecoveries: config.maxConcurrentRecoveries,
    recoveryTimeoutMs: config.recoveryTimeoutMs,
    undoWithinMs: config.undoWithinMs,
    retention: config.retention,
    auditKeyFile: environment.AUDIT_SIGNING_KEY_FILE,
    extraActions: actions,
    extraStrategies: strategies,
    tokens: createTokenBook(environment.API_TOKENS_FILE),
    ...(environment.OTEL_EXPORTER_OTLP_ENDPOINT
      ? { tracing: { endpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT } }
      : {}),
    // Aids for tests, and for nothing else: two "hosts" on one machine, and a place to die.
    ...(env.REVIVER_TEST_WORKER_HOST ? { workerHost: env.REVIVER_TEST_WORKER_HOST } : {}),
    ...(env.REVIVER_CRASH_POINT ? { crashPoint: env.REVIVER_CRASH_POINT } : {}),
    log,
  };
}

/** A mismatch does not end the process here: it is recorded, and people are called, before it does not start. */
async function constitutionOf(named: Config['constitution'], expected: string | undefined): Promise<Constitution> {
  const found = await readConstitution(named);
  if (expected === undefined || expected === named.hash) return found;
  const mismatch = `CONSTITUTIONAL_HASH is ${expected}, the configuration names ${named.hash}: one of them was changed. Let both name the same`;
  return { mismatch, ...found };
}

/** A cluster is looked at where somebody has named one. */
function discoveryOf(
  { discovery, services, healthCheckIntervalMs }: Config,
  { KUBECONFIG }: Environment,
): Pick<NodeOptions, 'discovery'> {
  const { docker, goneAfterMs } = discovery;
  const named = KUBECONFIG !== undefined || services.some((service) => service.kubernetes);
  const kubernetes = discovery.kubernetes ?? named;
  if (!docker && !kubernetes) return {};
  return { discovery: { docker, kubernetes, goneAfterMs, healthIntervalMs: healthCheckIntervalMs } };
}

/** By the names of the source documents; each is a folder of its own below REVIVER_DATA where it is not set. */
export function backupFolders(
  environment: Environment,
): Pick<NodeOptions, 'backupDir' | 'backupDirs' | 'backupBucket' | 'archiveBucket' | 'archiveDirs' | 'repository'> {
  const { BACKUP_POSTGRES_DIR: postgres, BACKUP_REDIS_DIR: redis, BACKUP_KNOWLEDGE_DIR: knowledge } = environment;
  const { BACKUP_CONFIGURATION_DIR: configuration } = environment;
  const set = Object.entries({ postgres, redis, knowledge, configuration }).filter(([, dir]) => dir !== undefined);
  const { BACKUP_WAL_DIR: wal, BACKUP_BASE_DIR: base } = environment;
  const url = environment.BACKUP_S3_URL?.reveal();
  const mirrorUrl = environment.BACKUP_MIRROR_URL?.reveal();
  const archiveUrl = environment.BACKUP_ARCHIVE_S3_URL?.reveal();
  return {
    backupDir: join(environment.REVIVER_DATA, 'backups'),
    backupDirs: Object.fromEntries(set),
    ...(wal === undefined
      ? {}
      : { archiveDirs: { wal, base: base ?? join(environment.REVIVER_DATA, 'backups', 'base') } }),
    ...(mirrorUrl === undefined ? {} : { repository: { folder: environment.REVIVER_RUNBOOKS, url: mirrorUrl } }),
    ...(url === undefined ? {} : { backupBucket: readBucketAddress(url, awsVariables(environment)) }),
    ...(archiveUrl === undefined
      ? {}
      : { archiveBucket: readBucketAddress(archiveUrl, awsVariables(environment), 'BACKUP_ARCHIVE_S3_URL') }),
  };
}

/** On the disk, and in a bucket where there is one; both apart from those of dumps. */
export function hourlySnapshotPlaces(
  environment: Environment,
  { housekeeping }: Pick<Config, 'housekeeping'>,
): NonNullable<NodeOptions['hourlySnapshots']> {
  const bucket = hourlySnapshotBucket(environment, dumpBuckets(environment));
  return {
    dir: hourlySnapshotFolder(environment, dumpFolders(environment)),
    kept: housekeeping.hourlySnapshotsKept,
    ...(bucket ? { bucket } : {}),
  };
}

export function dumpBuckets(environment: Environment): BucketAddress[] {
  const { backupBucket, archiveBucket } = backupFolders(environment);
  return [backupBucket, archiveBucket].filter((one) => one !== undefined);
}

/** Absolute folders of dumps, base backups and the log. */
export function dumpFolders(environment: Environment): string[] {
  const { backupDir, backupDirs = {}, archiveDirs } = backupFolders(environment);
  return [backupDir, ...Object.values(backupDirs), ...(archiveDirs ? [archiveDirs.wal, archiveDirs.base] : [])];
}

function reveal(environment: Environment, name: VariableName & 'DATABASE_URL'): string {
  return environment[name]?.reveal() ?? '';
}

/** Several while one is changed. */
function secretsOf(
  environment: Environment,
  name: 'ALERTS_TOKEN' | 'ALERTS_HMAC_SECRET' | 'PAGERDUTY_WEBHOOK_SECRET',
): string[] {
  return environment[name]?.reveal().split(',') ?? [];
}
