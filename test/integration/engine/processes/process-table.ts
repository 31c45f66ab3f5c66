import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the process table shows below a process. */
export function childrenOf(parent: number): Promise<{ pid: number; command: string }[]> {
  return new Promise((resolve, reject) => {
    execFile('ps', ['-e', '-o', 'pid=,ppid=,args='], (error, stdout) => {
      if (error) return reject(error);
      const rows = stdout.split('\n').flatMap((line) => {
        const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
        return match && Number(match[2]) === parent ? [{ pid: Number(match[1]), command: match[3] ?? '' }] : [];
      });
      resolve(rows);
    });
  });
}

/** Resolves when the condition holds; fails after `withinMs`. */
export async function until(condition: () => Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`condition not met within ${withinMs} ms: ${condition}`);
    await sleep(10);
  }
}
