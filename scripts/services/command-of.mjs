import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Program and arguments of a process, separated by spaces; empty when it is gone, also for a zombie. */
export async function commandOf(pid) {
  if (process.platform !== 'linux') return askPs(pid);
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.replaceAll('\0', ' ').trim();
}

/** A slim Linux has no `ps`; macOS has no /proc. */
async function askPs(pid) {
  const nothing = { stdout: '' };
  const asked = promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return (await asked.catch(() => nothing)).stdout.trim();
}
