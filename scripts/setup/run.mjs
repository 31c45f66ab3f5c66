import { spawn } from 'node:child_process';

/** A cause that people can mend: its message is all that is printed. */
export class SetupError extends Error {}

/**
 * Runs a program quietly and resolves to what it wrote to stdout; its last lines are shown only when it fails.
 * @param {string[]} command
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<string>}
 */
export function runQuietly(command, options = {}) {
  const { promise, resolve, reject } = deferred();
  const child = spawn(command[0], command.slice(1), { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { all: '', out: '' };
  child.stdout.on('data', (data) => {
    output.out += data;
    output.all += data;
  });
  child.stderr.on('data', (data) => {
    output.all += data;
  });
  child.once('error', reject);
  child.once('close', (code, signal) => {
    if (code === 0) return resolve(output.out);
    const tail = output.all.trimEnd().split('\n').slice(-15).join('\n');
    reject(new SetupError(`"${command.join(' ')}" ended with ${code ?? signal}:\n${tail}`));
  });
  return promise;
}

/**
 * Runs a program on this terminal and resolves to its exit code. Signals that reach this process reach the program,
 * and this process stays until the program has ended.
 * @param {string[]} command
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function runHere(command, options = {}) {
  const { promise, resolve, reject } = deferred();
  const child = spawn(command[0], command.slice(1), { stdio: 'inherit', ...options });
  const forward = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  child.once('error', reject);
  child.once('close', (code, signal) => resolve(code ?? 128 + (NUMBERS[signal] ?? 1)));
  return promise.finally(() => {
    for (const signal of SIGNALS) process.off(signal, forward);
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

function deferred() {
  let resolve;
  let reject;
  const promise = new Promise((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}
