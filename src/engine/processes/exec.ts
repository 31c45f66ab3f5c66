import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecOptions, ExecResult } from '../actions/action.js';
import { ActionError } from '../actions/action.js';
import { cleanEnvironment } from './environment.js';
import { endGroup, GRACE_MS, groupGone, groupRuns, signalGroup } from './group.js';
import type { Guardian } from './guardian.js';
import { keepTail } from './output-tail.js';
import { findProgram } from './program.js';
import { clearGroupsOf, EPOCH_MARKER, RUN_MARKER } from './run-groups.js';

/** What the programs of one step have in common. */
export interface ExecScope {
  /** Marks every process of the step, so that whoever takes over after a crash finds them. Unique on this machine. */
  runKey: string;
  /** Of the recovery: processes of a later one are not this worker's to end. Default 0. */
  epoch?: number;
  signal: AbortSignal;
}

export type Exec = (command: string[], options?: ExecOptions) => Promise<ExecResult>;

const MAX_OUTPUT_BYTES = 64 * 1_024;

/** Waits for "go" before it becomes the program; when the worker dies before that, its end of the pipe closes. */
const LAUNCHER = 'read -r _ <&3 || exit 125; exec 3<&-; exec "$@"';

/**
 * Runs programs that cannot outlive this process: the group exists for the guardian before the program begins.
 *
 * A run resolves when the whole group is gone. What the program leaves behind in its group when it ends gets SIGTERM,
 * after a grace SIGKILL. An aborted run is asked to end by its `stopSignal` first, and rejects with the signal's reason when
 * everything is gone. A program that cannot be run is an `ActionError`; a non-zero exit code is a result.
 */
export function createExec(guardian: Guardian): (scope: ExecScope) => Exec {
  return (scope) =>
    async (command, options = {}) => {
      const refused = new AbortController();
      const signal = AbortSignal.any([scope.signal, refused.signal, ...(options.signal ? [options.signal] : [])]);
      const child = await launch(command, options, { ...scope, signal });
      const taken = options.take?.(child.stdout).catch((error: unknown) => refused.abort(error));
      const given = child.stdin && options.give?.(child.stdin).catch((error: unknown) => refused.abort(error));
      const kept = taken ? [child.stderr] : [child.stderr, child.stdout];
      const [stderr, stdout] = kept.map((out) => keepTail(out, options.maxOutput ?? MAX_OUTPUT_BYTES));
      try {
        await guardian.add(child.group);
        const exitCode = await runToEnd(child, signal, options);
        // All writers are gone, so the pipes are at their end; a process that left the group on purpose may still hold one.
        if (taken) await taken;
        else await Promise.race([child.closed, sleep(500, undefined, { ref: false })]);
        child.stdin?.destroy();
        await given;
        refused.signal.throwIfAborted();
        return { exitCode, stdout: stdout?.text() ?? '', stderr: stderr?.text() ?? '' };
      } finally {
        // A launcher that never got its "go" ends by this.
        for (const pipe of [child.gate, child.stdin, child.stdout, child.stderr]) pipe?.destroy();
        if (await groupGone(child.group, 1_000)) guardian.remove(child.group);
        // The step is over: what left the group goes too.
        if (scope.signal.aborted) await clearGroupsOf(scope.runKey, { upToEpoch: scope.epoch ?? 0 });
      }
    };
}

/** A launcher that waits for "go". Its process group has its own process id. */
interface Launched {
  group: number;
  gate: Writable;
  /** null: it reads nothing. */
  stdin: Writable | null;
  stdout: Readable;
  stderr: Readable;
  /** Exit code, or 128 + signal as shells count. */
  ended: Promise<number>;
  /** Both output pipes are at their end. */
  closed: Promise<void>;
}

async function launch([name, ...args]: string[], options: ExecOptions, scope: ExecScope): Promise<Launched> {
  if (!name)
    throw new ActionError('The command is empty; nothing was run.', { code: 'empty_command', retryable: false });
  const cwd = options.cwd ?? process.cwd();
  const marks = { [RUN_MARKER]: scope.runKey, [EPOCH_MARKER]: String(scope.epoch ?? 0) };
  const env = { ...cleanEnvironment(options.env), ...marks };
  scope.signal.throwIfAborted();
  const program = await findProgram(name, cwd, env);
  scope.signal.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', LAUNCHER, 'sh', program, ...args], {
    cwd,
    env,
    detached: true,
    stdio: [options.give ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return { group: await spawned(child, name), ...pipesOf(child), ended, closed };
}

function spawned(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    child.once('error', (error) => {
      reject(
        new ActionError(`${name} could not be started (${error.message}); nothing was run.`, { code: 'spawn_failed' }),
      );
    });
  });
}

function pipesOf(child: ChildProcess): Pick<Launched, 'gate' | 'stdin' | 'stdout' | 'stderr'> {
  const { stdin, stdout, stderr } = child;
  const gate = child.stdio[3];
  if (!stdout || !stderr || !(gate instanceof Writable)) throw new Error('a pipe to the child is missing');
  // A launcher that is gone closes its end: the exit tells, the pipe need not.
  for (const pipe of [gate, stdin]) pipe?.on('error', () => {});
  return { gate, stdin, stdout, stderr };
}

/** Says "go" and waits until the group is gone, by itself or because of an abort. */
async function runToEnd(child: Launched, signal: AbortSignal, how: ExecOptions): Promise<number> {
  const { aborted, stopListening } = abortOf(signal);
  try {
    signal.throwIfAborted();
    child.gate.end('go\n');
    await Promise.race([child.ended, aborted]);
    if (signal.aborted) await askToEnd(child, how);
    if (await groupRuns(child.group)) await endGroup(child.group);
    signal.throwIfAborted();
    return await child.ended;
  } finally {
    stopListening();
  }
}

/** Resolves when the program itself has ended, or its time for that is over; what else is in its group may go on. */
async function askToEnd(child: Launched, { stopSignal = 'SIGTERM', graceMs = GRACE_MS }: ExecOptions): Promise<void> {
  if (!signalGroup(child.group, stopSignal)) return;
  const over = new AbortController();
  try {
    await Promise.race([child.ended, sleep(graceMs, undefined, { signal: over.signal }).catch(() => undefined)]);
  } finally {
    over.abort();
  }
}

function abortOf(signal: AbortSignal): { aborted: Promise<void>; stopListening(): void } {
  let onAbort = () => {};
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return { aborted, stopListening: () => signal.removeEventListener('abort', onAbort) };
}
