import { spawn } from 'node:child_process';

const SCRIPT = `
trap '' INT TERM HUP QUIT PIPE
read -r _
for turn in 1 2 3 4 5 6 7 8 9; do
  found=
  for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd") in
      "$1"|"$1"/*) ;;
      *) tr '\\0' '\\n' < "$process/environ" | grep -qF "=$1/" || continue ;;
    esac
    found=yes
    kill -s KILL "\${process#/proc/}"
  done
  [ "$found" ] || break
done 2>/dev/null
[ "$2" = keep ] || rm -rf "$1"`;

/**
 * Sweeps up after a demo that could not: a shell in a session of its own waits until this process is gone, however it
 * went, then ends what still works in the demo's folder and removes it: what was being started meanwhile is found in the
 * next turn. Without `/proc` it only removes the folder.
 */
export function startBroom(folder: string, keep: boolean): { close(): Promise<void> } {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'broom', folder, keep ? 'keep' : 'remove'], {
    detached: true,
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  shell.stdin.on('error', () => {});
  return {
    close() {
      shell.stdin.end();
      return ended;
    },
  };
}
