import type { BackupRecord } from '../actions/action.js';
import { ActionError } from '../actions/action.js';
import { BACKUP_KINDS } from '../actions/backup-kinds/kinds.js';
import { sizeInWords } from '../actions/docker/size.js';
import { NOTHING_TO_SAVE } from '../actions/postgres-data/dump-counted.js';
import { count, failureInWords } from '../health/words.js';
import type { HousekeepingJob, JobContext, JobResult } from '../housekeeping/job.js';
import { NotFound } from '../model/errors.js';
import type { Service } from '../model/service.js';
import { createSecrets, type Secrets } from '../secrets/secrets.js';
import { withItsSecrets } from '../secrets/service-settings.js';
import { type Archive, archiveJobs } from './archive-jobs.js';
import { type BackupStore, type Location, NOT_ENCRYPTED } from './catalog.js';
import { removeLeftovers } from './leftovers.js';
import { RECENT_REDIS } from './own.js';
import { proveBackup } from './prove.js';
import { proveAll } from './prove-all.js';
import { mirrorJob, type RepositoryMirror } from './repository-mirror.js';
import { type BackupRetention, RETENTION, toForget } from './retention.js';
import { mirrorBackups } from './s3/mirror.js';
import type { ObjectStore } from './s3/object-store.js';
import { saveBackup } from './save.js';

export interface BackupParts {
  catalog: BackupStore;
  services(): readonly Service[];
  dataDir: string;
  /** What references in the settings of services mean; absent: there are none. */
  secrets?: Secrets;
  retention?: BackupRetention;
  /** Where copies of all backups go; absent: they lie here alone. */
  store?: ObjectStore;
  /** Base backups of Reviver's own Postgres and the log that its archive_command keeps; absent: there is no archive. */
  archive?: Archive;
  /** The repository of runbooks and configuration, and its mirror; absent: there is none. */
  repository?: RepositoryMirror;
}

const HOUR_MS = 3_600_000;

/** Times: source document on operations; that of the configuration, weekly: the one on disaster recovery. */
const TIMES: Record<Location, string> = {
  postgres: '0 4 * * *',
  redis: '15 4 * * *',
  knowledge: '0 1 * * 0',
  configuration: '30 1 * * 0',
};

/** The care for backups: one job a kind of data, the proof of them all, and copies elsewhere. */
export function backupJobs(parts: BackupParts): HousekeepingJob[] {
  const { catalog, store, retention, archive, repository } = parts;
  const locations = Object.keys(TIMES).filter((one): one is Location => one in TIMES);
  const recent = catalog.names().includes(RECENT_REDIS) ? [recentRedis(parts)] : [];
  return [
    ...locations.map((location) => ({
      name: `backup_${location}`,
      cron: TIMES[location],
      timeoutMs: 6 * HOUR_MS,
      run: (ctx: JobContext) => backUpAll(location, parts, ctx),
    })),
    ...recent,
    ...(archive ? archiveJobs(archive) : []),
    ...(repository ? [mirrorJob(repository)] : []),
    { name: 'backup_verify', cron: '30 4 * * *', timeoutMs: 12 * HOUR_MS, run: (ctx) => proveBackups(parts, ctx) },
    {
      name: 'backup_upload',
      cron: '*/15 * * * *',
      timeoutMs: 6 * HOUR_MS,
      run: async (ctx) =>
        store
          ? mirrorBackups(catalog, store, ctx, retention)
          : { summary: 'BACKUP_S3_URL is not set: backups lie here alone' },
    },
  ];
}

/** Source: disaster recovery document, a loss of at most 5 minutes for Redis. */
function recentRedis(parts: BackupParts): HousekeepingJob {
  return {
    name: 'backup_redis_recent',
    cron: '*/5 * * * *',
    timeoutMs: 4 * 60_000,
    async run(ctx) {
      const record = await backUpOne(RECENT_REDIS, parts, ctx);
      await tidy(RECENT_REDIS, { ...parts, retention: { full: 12, daily: 0 } }, ctx);
      return { summary: summaryOf('redis', [record]), bytes: fileBytes(record), items: record.items };
    },
  };
}

/** What was saved so recently is not saved again when a turn is repeated because another backup failed. */
const FRESH_MS = HOUR_MS;

async function backUpAll(location: Location, parts: BackupParts, ctx: JobContext): Promise<JobResult> {
  const { catalog } = parts;
  const names = catalog
    .names()
    .filter((name) => name !== RECENT_REDIS && catalog.definition(name)?.location === location);
  const repeated = ctx.tries > 1 ? ctx.now().getTime() - FRESH_MS : Number.POSITIVE_INFINITY;
  await tidyFolders(parts, ctx);
  const made: BackupRecord[] = [];
  const failures: string[] = [];
  const unsaved: string[] = [];
  for (const name of names) {
    const [newest] = await catalog.list(name);
    if (newest && newest.createdAt.getTime() > repeated) continue;
    try {
      made.push(await backUpOne(name, parts, ctx));
    } catch (error) {
      ctx.signal.throwIfAborted();
      // An installation that never had a key is told by doctor; one that has lost its key is not cared for any more.
      if (isBecause(error, NOT_ENCRYPTED) && !newest) unsaved.push(failureInWords(error));
      else if (!isBecause(error, NOTHING_TO_SAVE)) failures.push(`${name}: ${failureInWords(error)}`);
    }
    await tidy(name, parts, ctx);
  }
  if (failures.length > 0) throw new ActionError(failures.join(' '), { code: 'backup_failed' });
  const summary = unsaved.join(' ') || summaryOf(location, made);
  return { summary, bytes: sum(made, fileBytes), items: sum(made, ({ items }) => items) };
}

function isBecause(error: unknown, code: string): boolean {
  return error instanceof ActionError && error.options.code === code;
}

/** Also asked for by people, with how far it is. */
export async function backUpOne(
  name: string,
  { catalog, services, dataDir, secrets }: BackupParts,
  ctx: JobContext,
): Promise<BackupRecord> {
  const definition = catalog.definition(name);
  if (!definition) throw new NotFound('backup', name);
  const service = await settled(serviceOf(definition.service, services()), secrets, ctx.signal);
  return saveBackup(name, definition, service, catalog, { ...ctx, dataDir });
}

/** What is older than it must be goes, and what interrupted backups have left. */
async function tidy(name: string, { catalog, retention = RETENTION }: BackupParts, ctx: JobContext): Promise<void> {
  const gone = toForget(await catalog.list(name), ctx.now(), retention);
  for (const record of gone) await catalog.forget(record);
  if (gone.length > 0)
    ctx.log(`${name}: ${count(gone.length, 'old backup')} removed`, { ids: gone.map(({ id }) => id) });
  const left = await catalog.sweep(name, 24 * HOUR_MS, ctx.now());
  if (left.length > 0) ctx.log(`${name}: what an interrupted backup had left is removed`, { files: left });
}

async function tidyFolders({ dataDir }: BackupParts, ctx: JobContext): Promise<void> {
  const left = await removeLeftovers(dataDir, ctx.now());
  if (left > 0) ctx.log(`what killed processes had left open is removed: ${count(left, 'folder')}`);
}

async function proveBackups(parts: BackupParts, ctx: JobContext): Promise<JobResult> {
  await tidyFolders(parts, ctx);
  return proveAll(parts.catalog, (record) => proveOne(record, parts, ctx), ctx.signal);
}

export async function proveOne(
  record: BackupRecord,
  { catalog, services, dataDir, secrets }: BackupParts,
  ctx: JobContext,
) {
  const service = await settled(serviceOf(record.service, services()), secrets, ctx.signal);
  return proveBackup(record, service, catalog, { ...ctx, dataDir });
}

function settled(service: Service, secrets: Secrets | undefined, signal: AbortSignal): Promise<Service> {
  return withItsSecrets(service, secrets ?? createSecrets([]), signal);
}

/** Bytes on the disk. */
export function fileBytes({ sealed, bytes }: BackupRecord): number {
  return sealed?.bytes ?? bytes;
}

export function serviceOf(name: string, services: readonly Service[]): Service {
  const found = services.find((service) => service.name === name);
  if (!found) throw new NotFound('service', name);
  return found;
}

function summaryOf(location: Location, made: readonly BackupRecord[]): string {
  if (made.length === 0) return 'nothing to save';
  const items = count(
    sum(made, (one) => one.items),
    BACKUP_KINDS[location].unit,
  );
  return `${count(made.length, 'backup')}: ${items}, ${sizeInWords(sum(made, fileBytes))}`;
}

function sum(records: readonly BackupRecord[], of: (record: BackupRecord) => number): number {
  return records.reduce((total, record) => total + of(record), 0);
}
