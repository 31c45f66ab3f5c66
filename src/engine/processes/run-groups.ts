import { groupGone, signalGroup } from './group.js';
import { HAS_PROC, listPids, readEnvironment, readStat } from './proc.js';

/** Variable in the environment of everything that a step runs; its descendants inherit it. */
export const RUN_MARKER = 'REVIVER_RUN';
/** With it: the epoch in which it was started (D3). */
export const EPOCH_MARKER = 'REVIVER_EPOCH';

/**
 * Process groups in which something marked with this run is alive; undefined where that cannot be seen. With `upToEpoch`
 * only those of that epoch and older ones.
 */
export async function groupsOf(runKey: string, upToEpoch = Number.POSITIVE_INFINITY): Promise<number[] | undefined> {
  if (!HAS_PROC) return undefined;
  return groupsMarked(`${RUN_MARKER}=${runKey}`, (environment) => epochOf(environment) <= upToEpoch);
}

function epochOf(environment: string[]): number {
  const prefix = `${EPOCH_MARKER}=`;
  return Number(environment.find((entry) => entry.startsWith(prefix))?.slice(prefix.length) ?? 0);
}

/** Process groups with a live process in whose environment the entry stands. */
export async function groupsMarked(
  entry: string,
  accept: (environment: string[]) => boolean = () => true,
): Promise<number[]> {
  const groups = new Set<number>();
  for (const pid of await listPids()) {
    const environment = await readEnvironment(pid);
    if (!environment?.includes(entry) || !accept(environment)) continue;
    const stat = await readStat(pid);
    if (stat && !stat.zombie) groups.add(stat.group);
  }
  return [...groups];
}

/**
 * Makes sure that nothing runs any more of what a dead worker ran for this step. `gone`: nothing was left. `killed`:
 * leftovers were there, and are gone now. `cannot_tell`: this platform does not show it, or they do not end. What
 * was started after `upToEpoch` belongs to whoever took over since, and is left alone.
 */
export async function clearGroupsOf(
  runKey: string,
  { upToEpoch = Number.POSITIVE_INFINITY, withinMs = 5_000 } = {},
): Promise<'gone' | 'killed' | 'cannot_tell'> {
  const deadline = performance.now() + withinMs;
  let killed = false;
  for (;;) {
    const groups = await groupsOf(runKey, upToEpoch);
    if (!groups) return 'cannot_tell';
    if (groups.length === 0) return killed ? 'killed' : 'gone';
    if (performance.now() > deadline) return 'cannot_tell';
    killed = true;
    for (const group of groups) signalGroup(group, 'SIGKILL');
    // A member may have forked while it was looked for: looked for again until there is none.
    for (const group of groups) await groupGone(group, Math.max(deadline - performance.now(), 0));
  }
}
