import { execFile } from 'node:child_process';

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
