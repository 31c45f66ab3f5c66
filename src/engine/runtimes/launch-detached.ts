import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { cleanEnvironment } from '../processes/environment.js';
import { findProgram } from '../processes/program.js';
import { LAUNCHER } from './pid-file.js';

/** Variable in the environment of everything that a service runs; its value is the service's pid file. */
export const PID_FILE_MARKER = 'REVIVER_PID_FILE';

/** A process that lived this many milliseconds has not ended at once. */
const SETTLE_MS = 250;

export interface DetachedProgram {
  /** For people. */
  name: string;
  command?: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** Absolute; must not exist. */
  pidFile: string;
  /** Output is appended to it. */
  logFile: string;
}

/**
 * Starts a program that outlives this process, in a session of its own. Resolves to undefined when it runs, or to how it
 * ended when it ended at once.
 */
export async function launchDetached(program: DetachedProgram): Promise<string | undefined> {
  const [name = '', ...args] = program.command ?? [];
  const cwd = program.cwd ?? process.cwd();
  const env = { ...cleanEnvironment(program.env), [PID_FILE_MARKER]: program.pidFile };
  const path = await findProgram(name, cwd, env);
  const log = await open(program.logFile, 'a', 0o640);
  try {
    const child = spawn('/bin/sh', ['-c', LAUNCHER, 'sh', program.pidFile, path, ...args], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
    });
    return await endAtOnce(child);
  } finally {
    await log.close();
  }
}

/** The time to settle counts from when the launcher becomes the program, which on a busy machine may take a while. */
function endAtOnce(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let settled: NodeJS.Timeout | undefined;
    const begins = child.stdio[3];
    const end = (how: string | undefined) => {
      clearTimeout(settled);
      begins?.destroy();
      child.unref();
      resolve(how);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ? `ended by ${signal}` : `exit code ${code}`));
    if (!(begins instanceof Readable)) throw new Error('a pipe to the launcher is missing');
    begins.resume().once('end', () => {
      settled = setTimeout(() => end(undefined), SETTLE_MS);
    });
  });
}
