import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ActionError } from '../actions/action.js';
import { clientProgram } from '../actions/postgres-data/client-programs.js';
import { connection } from '../actions/postgres-data/connection.js';
import { withPostgres } from '../actions/sql/session.js';
import { count } from '../health/words.js';
import type { HousekeepingJob, JobContext, JobResult } from '../housekeeping/job.js';
import { redact } from '../model/redact.js';
import { firstNeeded, KEPT_BASES } from './archive/base-backups.js';
import { type ArchiveCopies, sendBase, sendLog } from './archive/send.js';
import { isBase, nameOfBase, placeOf } from './archive/sent-form.js';
import { syncFolder } from './durable-files.js';
import type { ObjectStore } from './s3/object-store.js';

/** Absolute folders, and the server: its archive_command fills `wal`. */
export interface Archive {
  base: string;
  wal: string;
  url: string;
  /** Where copies of both go; absent: they lie here alone. */
  store?: ObjectStore | undefined;
  /** They are encrypted with it; absent: they are not. */
  secretKey?: string | undefined;
}

/**
 * A point-in-time restore needs a whole copy of the server's files and the log since. One job makes the copies, the other
 * one sees that the log is archived: where that stops, what may be lost grows by the minute.
 */
export function archiveJobs(archive: Archive): HousekeepingJob[] {
  const { store } = archive;
  return [
    { name: 'backup_base', cron: '0 3 * * *', timeoutMs: 6 * 3_600_000, run: (ctx) => copyServer(archive, ctx) },
    { name: 'backup_wal', cron: '*/5 * * * *', timeoutMs: 60_000, run: (ctx) => lookAtArchive(archive, ctx) },
    ...(store ? copyJobs({ ...archive, store }) : []),
  ];
}

/** The log goes by itself: each minute of it counts, and a base backup may take hours. */
function copyJobs(copies: ArchiveCopies): HousekeepingJob[] {
  return [
    { name: 'backup_wal_upload', cron: '*/5 * * * *', timeoutMs: 3_600_000, run: (ctx) => sendLog(copies, ctx) },
    { name: 'backup_base_upload', cron: '40 * * * *', timeoutMs: 12 * 3_600_000, run: (ctx) => sendBase(copies, ctx) },
  ];
}

/** Beside its place first; it has its name, that of its end, only when it is whole. */
async function copyServer({ base, wal, url }: Archive, ctx: JobContext): Promise<JobResult> {
  await mkdir(base, { recursive: true, mode: 0o700 });
  const part = join(base, 'new.part');
  await rm(part, { recursive: true, force: true });
  const { major } = await archiver(url, ctx.signal);
  const program = await clientProgram('pg_basebackup', major, ctx);
  const { argument, env } = connection(url, 'postgres');
  const args = [`--pgdata=${part}`, '--format=plain', '--wal-method=fetch', '--checkpoint=fast', '--no-password'];
  const { exitCode, stderr } = await ctx.exec([program, ...args, argument], { env });
  if (exitCode !== 0) {
    await rm(part, { recursive: true, force: true });
    throw new ActionError(
      `The server could not be copied: ${redact(stderr.trim().split('\n').at(-1) ?? '')}. The base backups from before are as they were.`,
    );
  }
  const name = nameOfBase(ctx.now());
  await rename(part, join(base, name));
  await syncFolder(base);
  const dropped = await dropOld(base, wal);
  return {
    summary: `base backup ${name}${dropped === 0 ? '' : `; ${count(dropped, 'older one')} removed`}`,
    base: name,
  };
}

async function dropOld(base: string, wal: string): Promise<number> {
  const names = (await readdir(base)).filter(isBase).sort();
  const old = names.slice(0, -KEPT_BASES);
  const going = join(base, 'old.part');
  // What one that was killed has left would be in the way.
  await rm(going, { recursive: true, force: true });
  // Under another name first: half of one never counts.
  for (const name of old) await rename(join(base, name), going).then(() => rm(going, { recursive: true }));
  const [oldest] = names.slice(-KEPT_BASES);
  const label = oldest === undefined ? '' : await readFile(join(base, oldest, 'backup_label'), 'utf8');
  const first = firstNeeded(label);
  if (first !== undefined) await dropLogBefore(wal, first);
  return old.length;
}

async function dropLogBefore(wal: string, first: string): Promise<void> {
  for (const name of await readdir(wal).catch(() => [])) {
    const place = placeOf(name);
    if (place !== undefined && place < first.slice(8)) await rm(join(wal, name));
  }
}

async function lookAtArchive({ url }: Archive, { signal }: JobContext): Promise<JobResult> {
  const { mode, last, failed, failing } = await archiver(url, signal);
  if (mode === 'off')
    throw new ActionError(
      'Postgres archives no log (archive_mode is off): since the last backup all would be lost. See docs/backups.md.',
    );
  if (failing)
    throw new ActionError(
      `Postgres cannot archive its log: ${failed} has failed, and nothing since ${last ?? 'ever'}. Its own log says why; often the disk is full.`,
    );
  return { summary: last === null ? 'nothing to archive yet' : `archived up to ${last}`, last };
}

const ARCHIVER = `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('archive_mode') AS mode,
  last_archived_wal AS last, last_failed_wal AS failed,
  coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS failing FROM pg_stat_archiver`;

const answer = z.object({
  major: z.number(),
  mode: z.string(),
  last: z.string().nullable(),
  failed: z.string().nullable(),
  failing: z.boolean(),
});

function archiver(url: string, signal: AbortSignal): Promise<z.output<typeof answer>> {
  return withPostgres(url, { name: 'reviver looks at the archive', signal }, async (session) => {
    const { rows } = await session.query(ARCHIVER);
    return answer.parse(rows[0]);
  });
}
