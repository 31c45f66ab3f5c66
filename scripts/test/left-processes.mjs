import { setTimeout as sleep } from 'node:timers/promises';
import { processesMarked } from '../services/process-table.mjs';

/** A child that was told to end gets this long to do so. */
const GRACE_MS = 3_000;

/**
 * Processes that a test left running: they mention the run's folder and are neither this one nor a server of the run.
 * They are killed, so that nothing stays.
 * @param {string} folder
 * @param {number[]} servers
 */
export async function leftProcesses(folder, servers) {
  const deadline = Date.now() + GRACE_MS;
  let left = await others(folder, servers);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(50);
    left = await others(folder, servers);
  }
  for (const { pid } of left) kill(pid);
  return left;
}

async function others(folder, servers) {
  const rows = await processesMarked(folder);
  return rows.filter(({ pid, ppid }) => pid !== process.pid && !servers.includes(pid) && !servers.includes(ppid));
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
