import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../cli/version.js';
import type { Stage } from './stage.js';

export interface ReviverProcess {
  pid: number;
  /** Resolves with the signal or exit code when it has ended. */
  ended: Promise<NodeJS.Signals | number | null>;
  stop(): Promise<void>;
}

/** Starts `reviver ...` as a process of its own and waits until it says that it is ready. Its log goes to a file. */
export async function startReviver(
  name: string,
  args: string[],
  stage: Stage,
  env: Record<string, string> = {},
): Promise<ReviverProcess> {
  const log = openSync(join(stage.folder, 'logs', `${name}.log`), 'a');
  const main = join(packageRoot(), 'dist', 'src', 'main.js');
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...stage.env, ...env },
    stdio: ['ignore', log, log, 'ipc'],
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  const ready = once(child, 'message');
  const first = await Promise.race([ready, ended]);
  if (!Array.isArray(first))
    throw new Error(
      `reviver ${args.join(' ')} ended before it was ready (${first}); see ${stage.folder}/logs/${name}.log`,
    );
  return { pid: child.pid ?? 0, ended, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended.finally(() => clearTimeout(timer));
}
