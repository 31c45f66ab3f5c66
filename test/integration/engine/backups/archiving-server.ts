import { spawnSync } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { account } from '../../../../scripts/services/account.mjs';
import { startPostgres } from '../../../../scripts/services/postgres.mjs';
import type { JobContext } from '../../../../src/engine/housekeeping/job.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { eventually } from '../../../support/eventually.js';
import { queryAt } from '../../../support/postgres-service.js';

export const SCRIPTS = join(process.cwd(), 'scripts', 'backup');

/** A folder of the user that servers run as. */
export async function own(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  const who = await account();
  if (who) await chown(path, who.uid, who.gid);
  return path;
}

/** A turn of a job, with programs that it may run. */
export function turn(what: string): JobContext & { close(): Promise<void> } {
  const guardian = createGuardian();
  const { signal } = new AbortController();
  const exec = createExec(guardian)({ runKey: what, signal });
  return { signal, runKey: what, exec, tries: 1, log: () => {}, now: () => new Date(), close: () => guardian.close() };
}

/** A private server below `folder` that archives its log to `wal` after so many seconds at the latest. */
export async function startArchiving(folder: string, wal: string, archiveTimeoutS: number) {
  // Its user need not reach this checkout.
  spawnSync('cp', [join(SCRIPTS, 'archive_wal.sh'), folder]);
  const settings = [
    'archive_mode=on',
    `archive_timeout=${archiveTimeoutS}`,
    `archive_command=bash ${folder}/archive_wal.sh %p %f ${wal}`,
    'wal_level=replica',
  ].flatMap((one) => ['-c', one]);
  return startPostgres({ dir: await own(join(folder, 'first')), args: settings });
}

/** As after the loss of the machine: nothing of it has ended well. */
export async function lose(folder: string, server: Awaited<ReturnType<typeof startPostgres>>): Promise<void> {
  spawnSync('pkill', ['-9', '-P', String(server.pid)]);
  process.kill(server.pid, 'SIGKILL');
  await server.stop();
  spawnSync('rm', ['-rf', join(folder, 'first', 'data', 'pg_wal')]);
}

/** Starts a server on a data folder `<folder>/<name>/data` that the script has made, with the password of the first one. */
export async function startRestored(folder: string, name: string) {
  const dir = join(folder, name);
  const who = await account();
  if (who) spawnSync('chown', ['-R', `${who.uid}:${who.gid}`, join(dir, 'data')]);
  // The same server as before: its password, not a new cluster.
  spawnSync('cp', ['-p', join(folder, 'first', 'password'), dir]);
  const server = await startPostgres({ dir });
  const ask = (text: string) => queryAt(server.url, text);
  await eventually(async () => !(await ask('SELECT pg_is_in_recovery() AS yes'))[0]?.yes, { timeoutMs: 20_000 });
  return { ask, stop: () => server.stop() };
}
