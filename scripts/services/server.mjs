import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { guard } from './guard.mjs';

/**
 * Starts a server of its own session (so that Ctrl-C reaches only those who then stop it in good order), waits until
 * `ready` answers true, and gives back how to stop it.
 * @param {object} spec
 * @param {string} spec.name for errors
 * @param {string[]} spec.command
 * @param {string} spec.log file that gets its output
 * @param {'INT' | 'TERM'} spec.stopSignal
 * @param {(pid: number) => Promise<boolean>} spec.ready
 * @param {import('node:child_process').SpawnOptions} [spec.options]
 */
export async function startServer({ name, command, log, stopSignal, ready, options }) {
  const output = openSync(log, 'a', 0o600);
  const child = spawn(command[0], command.slice(1), { ...options, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`));
    child.once('error', (error) => resolve(error.message));
  });
  if (child.pid === undefined) throw new Error(`${name} does not start: ${await ended}`);
  const release = guard(child.pid, stopSignal);
  void ended.then(release);
  const stop = once(() => end(child, ended, `SIG${stopSignal}`));
  try {
    await untilReady(name, child, ended, ready, log);
  } catch (error) {
    await stop();
    throw error;
  }
  child.unref();
  return { pid: child.pid, stop };
}

async function untilReady(name, child, ended, ready, log) {
  const deadline = Date.now() + 30_000;
  let end;
  void ended.then((how) => {
    end = how;
  });
  while (!(await ready(child.pid))) {
    if (end) throw new Error(`${name} ended before it was ready (${end}). Its last words:\n${lastWords(log)}`);
    if (Date.now() > deadline) throw new Error(`${name} was not ready within 30 s. Its last words:\n${lastWords(log)}`);
    await sleep(15);
  }
}

async function end(child, ended, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  try {
    await ended;
  } finally {
    clearTimeout(late);
  }
}

function lastWords(log) {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}

function once(run) {
  let result;
  return () => {
    result ??= run();
    return result;
  };
}
