import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `npm run dev:slack`: a strict local Slack, with its people at the keyboard. */
const root = fileURLToPath(new URL('..', import.meta.url));
const file = join(root, 'test', 'platforms', 'slack', 'by-hand.ts');
const child = spawn(process.execPath, ['--import', 'tsx', file], { cwd: root, stdio: 'inherit' });
// Ctrl-C reaches both: the child ends first, and its code counts.
process.on('SIGINT', () => {});
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 130 : (code ?? 0);
});
