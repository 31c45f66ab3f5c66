import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { HAS_PROC, readStat } from './proc.js';

/**
 * One process for ever: ids are reused, but never together with the start time. `startedAt` is `<boot id>:<clock ticks>`
 * on Linux, elsewhere what `ps -o lstart=` prints (whole seconds).
 */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** Who runs under this id now; undefined when nobody does. A dead process that is not reaped yet is nobody. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = await (HAS_PROC ? startFromProc(pid) : startFromPs(pid));
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identityOf(identity.pid);
  return now?.startedAt === identity.startedAt;
}

export async function selfIdentity(): Promise<ProcessIdentity> {
  const self = await identityOf(process.pid);
  if (!self) throw new Error(`cannot read when process ${process.pid} began: neither /proc nor ps answers`);
  return self;
}

/** Names the set of processes that can be seen from here; undefined where the platform has only one. */
export async function pidNamespace(): Promise<string | undefined> {
  return HAS_PROC ? readlink('/proc/self/ns/pid').catch(() => undefined) : undefined;
}

/** POSIX sh that prints the `startedAt` of the shell that runs it, in the same form as `identityOf`. */
export const PRINT_OWN_START = HAS_PROC
  ? `read -r boot </proc/sys/kernel/random/boot_id; read -r stat </proc/$$/stat; set -f
     set -- \${stat##*) }; shift 19; printf '%s:%s' "$boot" "$1"`
  : 'LC_ALL=C ps -o lstart= -p $$';

async function startFromProc(pid: number): Promise<string | undefined> {
  const stat = await readStat(pid);
  if (!stat || stat.zombie) return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${boot.trim()}:${stat.startTicks}`;
}

function startFromPs(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, LC_ALL: 'C' };
    execFile('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env }, (error, stdout) => {
      const [state = '', ...start] = stdout.trim().split(/\s+/);
      resolve(error || start.length === 0 || state.startsWith('Z') ? undefined : start.join(' '));
    });
  });
}
