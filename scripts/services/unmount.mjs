import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/**
 * Detaches everything that is mounted below a folder: what an engine leaves there that was killed, its network
 * namespace always, layers of containers at times. Nothing can remove such a folder before, and to remove what is bound
 * into it would cost data elsewhere, so a mount that stays is an error.
 * @param {string} dir
 */
export async function unmountBelow(dir) {
  for (const mount of (await mounts()).filter((path) => path.startsWith(`${dir}/`)).reverse())
    execFileSync('umount', ['--lazy', mount], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** None where the kernel does not list them. In the list a space and its like are written as octal numbers. */
async function mounts() {
  const list = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  const paths = list.split('\n').map((line) => line.split(' ')[1] ?? '');
  return paths.map((path) =>
    path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
}
