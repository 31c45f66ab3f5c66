import { groupGone, signalGroup } from './group.js';
import { HAS_PROC, listPids, readEnvironment, readStat } from './proc.js';

/** Variable in the environment of everything that a step runs; its descendants inherit it. */
export const RUN_MARKER = 'REVIVER_RUN';

/** Process groups in which something marked with this run is alive; undefined where that cannot be seen. */
export async function groupsOf(runKey: string): Promise<number[] | undefined> {
  return HAS_PROC ? groupsMarked(`${RUN_MARKER}=${runKey}`) : undefined;
}

/** Process groups with a live process in whose environment the entry stands. */
export async function groupsMarked(entry: string): Promise<number[]> {
  const groups = new Set<number>();
  for (const pid of await listPids()) {
    const environment = await readEnvironment(pid);
    if (!environment?.includes(entry)) continue;
    const stat = await readStat(pid);
    if (stat && !stat.zombie) groups.add(stat.group);
  }
  return [...groups];
}

/**
 * Makes sure that nothing runs any more of what a dead worker ran for this step. `gone`: nothing was left. `killed`:
 * leftovers were there, and are gone now. `cannot_tell`: this platform does not show it, or they do not end.
 */
export async function clearGroupsOf(runKey: string, withinMs = 5_000): Promise<'gone' | 'killed' | 'cannot_tell'> {
  const deadline = performance.now() + withinMs;
  let killed = false;
  for (;;) {
    const groups = await groupsOf(runKey);
    if (!groups) return 'cannot_tell';
    if (groups.length === 0) return killed ? 'killed' : 'gone';
    if (performance.now() > deadline) return 'cannot_tell';
    killed = true;
    for (const group of groups) signalGroup(group, 'SIGKILL');
    // A member may have forked while it was looked for: looked for again until there is none.
    for (const group of groups) await groupGone(group, Math.max(deadline - performance.now(), 0));
  }
}
