/**
 * Stands for a worker: `once <runKey>` runs a command with stubborn grandchildren and says so; `loop <runKey>` runs short
 * commands one after the other, so that a kill hits any moment of one; `run <runKey> <folder> <program> <argument>...` that
 * program. Prints `ready` in between.
 */
import { spawn } from 'node:child_process';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';

const [mode, runKey = ''] = process.argv.slice(2);
const exec = createExec(createGuardian())({ runKey, signal: new AbortController().signal });
const STUBBORN = `trap '' TERM HUP; (trap '' TERM HUP; sh -c 'trap "" TERM; sleep 300' & sleep 300) & echo up >"$1"; sleep 300; sleep 300`;

if (mode === 'unheard') dieUnheard();
if (mode === 'run') await exec(process.argv.slice(5), { cwd: process.argv[4] ?? '' });
if (mode === 'once') await exec(['sh', '-c', STUBBORN, 'sh', process.argv[4] ?? '']);
await exec(['true']);
console.log('ready');
while (mode === 'loop')
  await Promise.all([exec(['sh', '-c', 'sleep 0.01 & sleep 300 & sleep 0.005']), exec(['sleep', '0.01'])]);

/** Dies before the guardian can answer, so that its answer goes nowhere. */
function dieUnheard(): void {
  const env = { PATH: process.env.PATH ?? '', REVIVER_RUN: runKey };
  const group = spawn('sleep', ['300'], { detached: true, env, stdio: 'ignore' });
  void createGuardian().add(group.pid ?? 0);
  process.kill(process.pid, 'SIGKILL');
}
