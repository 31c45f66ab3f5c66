import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-code.js';
import { HAS_PROC, listPids, readStat } from './proc.js';

/** Milliseconds between a polite SIGTERM and SIGKILL. */
export const GRACE_MS = 2_000;

/** Something in the group still runs. Dead members that nobody reaps (a container without an init) do not count. */
export async function groupRuns(group: number): Promise<boolean> {
  if (!signalGroup(group, 0)) return false;
  if (!HAS_PROC) return true;
  for (const pid of await listPids()) {
    const stat = await readStat(pid);
    if (stat?.group === group && !stat.zombie) return true;
  }
  return false;
}

/** False when the group does not exist. A group that belongs to another user exists and cannot be signalled. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // 0 and 1 would mean "my own group" and "everyone".
  if (!Number.isInteger(group) || group <= 1) throw new Error(`not a process group: ${group}`);
  try {
    return process.kill(-group, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    if (errorCode(error) === 'EPERM') return true;
    throw error;
  }
}

/** Resolves to true once nothing of the group runs, to false after `withinMs`; throws the reason of an abort. */
export async function groupGone(
  group: number,
  withinMs = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): Promise<boolean> {
  const started = performance.now();
  for (let pauseMs = 2; await groupRuns(group); pauseMs = Math.min(pauseMs * 1.5, 50)) {
    signal?.throwIfAborted();
    if (performance.now() - started >= withinMs) return false;
    await sleep(pauseMs);
  }
  return true;
}

/** SIGTERM, after a grace SIGKILL; resolves when the whole group is gone, also members that ignore SIGTERM. */
export async function endGroup(group: number, graceMs = GRACE_MS): Promise<void> {
  signalGroup(group, 'SIGTERM');
  if (await groupGone(group, graceMs)) return;
  signalGroup(group, 'SIGKILL');
  if (!(await groupGone(group, 10_000))) throw new Error(`process group ${group} does not end, not even by SIGKILL`);
}
