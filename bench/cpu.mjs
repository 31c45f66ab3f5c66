import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second: 100 on every Linux that matters. */
const TICKS = 100;

/**
 * CPU milliseconds of private servers with all their processes, since `before`. undefined where it cannot be seen:
 * servers of somebody else, systems without /proc. Postgres adds a session's share to its parent when it ends.
 */
export function serverCpu({ pids }, before = {}) {
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => {
      const now = treeCpu(pid);
      return [name, now === undefined ? undefined : now - (before[name] ?? 0)];
    }),
  );
}

function treeCpu(pid) {
  const root = pid && readStat(pid);
  if (!root) return undefined;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readStat)
    .filter((stat) => stat?.parent === pid);
  const ticks = root.own + root.ended + children.reduce((sum, child) => sum + child.own + child.ended, 0);
  return (ticks * 1_000) / TICKS;
}

function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent, ...rest] = fields;
    const [user, system, endedUser, endedSystem] = rest.slice(9, 13);
    return { parent, own: user + system, ended: endedUser + endedSystem };
  } catch {
    return undefined;
  }
}
