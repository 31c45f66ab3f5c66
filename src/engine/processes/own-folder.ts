import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { identityOf, type ProcessIdentity, pidNamespace, selfIdentity } from './identity.js';

/** `opened-<host>-<pid>-<its start>-<chance>`. */
const FORM = /^\.?(?:opened|dump|rdb|taking|opening|packing)-([0-9a-f]{8}-\d+-[0-9a-f]{8})-[A-Za-z0-9]{6}$/;
const MARK = /^([0-9a-f]{8})-(\d+)-([0-9a-f]{8})$/;

export type OwnFolderKind = 'opened' | 'dump' | 'rdb' | 'taking' | 'opening' | 'packing';

/** No work in one takes longer. */
const OLD_MS = 12 * 3_600_000;

/**
 * Gives `use` a folder below `dir` that nobody else may enter, for data that must not stay; gone afterwards. Its name says
 * which process made it, so that one that was killed is found by it. `dir` is made where it is missing.
 */
export async function withOwnFolder<T>(
  dir: string,
  kind: OwnFolderKind,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(dir, `${kind}-${await makerMark()}-`));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what processes that are gone have left in a folder; of another host's nobody knows, so those go by their age. How many there were. */
export async function removeAbandoned(dir: string, now: Date): Promise<number> {
  let removed = 0;
  for (const name of await readdir(dir).catch(() => [])) {
    const [, maker] = FORM.exec(name) ?? [];
    if (maker === undefined) continue;
    const path = join(dir, name);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue;
    if (!(await isAbandoned(maker, now.getTime() - found.mtimeMs))) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

/** Names the process that makes something which must not outlive it: `<host>-<pid>-<its start>`. */
export async function makerMark(maker?: ProcessIdentity): Promise<string> {
  const { pid, startedAt } = maker ?? (await selfIdentity());
  return `${await hostMark()}-${pid}-${mark(startedAt)}`;
}

/** Whether what was made under such a name so long ago is nobody's any more. */
export async function isAbandoned(maker: string, ageMs: number): Promise<boolean> {
  const [, host, pid, start] = MARK.exec(maker) ?? [];
  if (ageMs >= OLD_MS) return true;
  return start !== undefined && host === (await hostMark()) && (await isGone(Number(pid), start));
}

async function isGone(pid: number, start: string): Promise<boolean> {
  const there = await identityOf(pid);
  return there === undefined || mark(there.startedAt) !== start;
}

/** The same for processes that can see each other. */
async function hostMark(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return mark(`${hostname()} ${boot.trim()} ${(await pidNamespace()) ?? ''}`);
}

const mark = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
