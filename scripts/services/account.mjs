import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Postgres refuses to run as root: then it runs as `postgres`, where there is one, else as `nobody`. */
const STAND_INS = ['postgres', 'nobody'];

/**
 * The user that Postgres runs as; undefined: the present one.
 * @returns {Promise<{uid: number, gid: number} | undefined>}
 */
export async function account() {
  if (process.getuid?.() !== 0) return undefined;
  const rows = (await readFile('/etc/passwd', 'utf8')).split('\n').map((row) => row.split(':'));
  const row = STAND_INS.map((name) => rows.find((fields) => fields[0] === name)).find(Boolean);
  if (!row)
    throw new Error(`Postgres does not run as root, and there is no user ${STAND_INS.join(' or ')}. Use another user.`);
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

/** Whether that user may walk into the folder: every folder on the way must let it pass. */
export async function reaches(who, folder) {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (!(await passes(who, path))) return false;
    if (path === dirname(path)) return true;
  }
}

async function passes({ uid, gid }, path) {
  const { mode, uid: owner, gid: group } = await stat(path);
  if (owner === uid) return (mode & 0o100) !== 0;
  if (group === gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
