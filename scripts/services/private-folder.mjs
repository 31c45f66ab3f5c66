import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { account, reaches } from './account.mjs';
import { unmountBelow } from './unmount.mjs';

const TRIES = 5;
const BETWEEN_MS = 200;

/**
 * A new folder for private servers, named after what it is for. Root's servers run as another user, who must be able
 * to walk into it: a temporary folder that such a user cannot reach (one below /root, say) is passed over for /tmp.
 * What killed processes left behind under the same name is removed.
 * @param {string} name
 */
export async function createPrivateFolder(name) {
  const who = await account();
  const base = !who || (await reaches(who, tmpdir())) ? tmpdir() : '/tmp';
  await sweep(base, name);
  const path = await mkdtemp(join(base, `${name}-`));
  await chmod(path, 0o711);
  await writeFile(join(path, 'owner'), String(process.pid));
  return { path, remove: () => remove(base, path) };
}

async function sweep(base, name) {
  for (const entry of await readdir(base)) {
    const path = join(base, entry);
    if (entry.startsWith(`${name}-`) && (await isLeftover(path))) await remove(base, path).catch(() => {});
  }
}

async function isLeftover(path) {
  const [owner, { uid }] = await Promise.all([readFile(join(path, 'owner'), 'utf8'), stat(path)]).catch(() => ['', {}]);
  return uid === process.getuid?.() && Number(owner) > 0 && !isAlive(Number(owner));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Refuses anything that is not directly below the temporary folder: a wrong path must never cost data. A server that is
 * ending may still write, so it is tried again, as a whole: `maxRetries` would multiply with each level of folders, and
 * one that is busy for good would take hours.
 */
async function remove(base, path) {
  if (dirname(path) !== base) throw new Error(`Will not remove ${path}`);
  await unmountBelow(path);
  for (let tries = 1; ; tries++) {
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (tries === TRIES) throw error;
    }
    await delay(BETWEEN_MS);
  }
}
