import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf } from './command-of.mjs';

/**
 * Stops a server that still runs on a data folder because the process that started it was killed. The pid in its file
 * may meanwhile be anyone's: it counts only when that process was started with this very folder.
 * @param {string} data
 */
export async function stopLeftover(data) {
  const pid = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => ''), 10);
  if (!(pid > 0) || !(await commandOf(pid)).includes(data)) return;
  signal(pid, 'SIGINT');
  const deadline = Date.now() + 10_000;
  while ((await commandOf(pid)).includes(data)) {
    if (Date.now() > deadline) signal(pid, 'SIGKILL');
    await sleep(30);
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
