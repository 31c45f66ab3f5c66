import { spawn } from 'node:child_process';

/**
 * Waits at the other end of a pipe. A line means that the server was stopped in good order; the end of the pipe means
 * that this process is gone, also by SIGKILL, and then the server is stopped here: politely, after 10 s for good.
 */
const GUARDIAN = `
read -r _ && exit 0
alive() { kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.Z' "/proc/$1/status"; }
kill -"$2" "$1" 2>/dev/null
tries=0
while alive "$1" && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
alive "$1" && kill -KILL "$1" 2>/dev/null
`;

/**
 * Makes sure that a server does not outlive this process.
 * @param {number} pid
 * @param {'INT' | 'TERM'} signal the server's own way to stop fast
 * @returns {() => void} call it when the server has ended
 */
export function guard(pid, signal) {
  const guardian = spawn('/bin/sh', ['-c', GUARDIAN, 'guardian', String(pid), signal], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.on('error', () => {});
  guardian.stdin.on('error', () => {});
  guardian.stdin.unref();
  guardian.unref();
  return () => guardian.stdin.end('stopped\n');
}
