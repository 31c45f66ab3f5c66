import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { keepTail } from '../../processes/output-tail.js';
import type { DockerEngine } from '../../runtimes/docker/engine.js';
import type { ExecResult } from '../action.js';

export interface InContainer {
  engine: DockerEngine;
  container: string;
  /** Marks the program, so that whoever comes after a crash finds it. */
  mark: string;
  signal: AbortSignal;
}

export const MARK = 'REVIVER_RUN';

const MAX_OUTPUT_BYTES = 64 * 1_024;
/** Milliseconds between SIGTERM and SIGKILL, and again until the end is not waited for any more. */
const GRACE_MS = 2_000;

/** Docker can start a program in a container and cannot end it: it tells its own number first, and becomes the program. */
const LAUNCHER = 'echo "reviver-pid $$" >&2; exec "$@"';
const PID_LINE = /^reviver-pid (\d+)\n/;
const KILLER = 'kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2"';
/** The engine's words when the program itself, here the shell, is not in the image. */
const NO_SHELL = /^OCI runtime exec failed: .*\/bin\/sh/s;

/** After an abort: `stopped`, nothing of it runs any more; `left`, it still runs. */
export type Ended = ({ kind: 'ended' } & ExecResult) | { kind: 'stopped' | 'left' };

/**
 * Runs a program in a running container. An abort ends it, by SIGTERM and after a grace SIGKILL. In an image without a
 * shell it can be started, and not be ended.
 */
export async function runInContainer(command: readonly string[], where: InContainer): Promise<Ended> {
  const wrapped = await start(['/bin/sh', '-c', LAUNCHER, 'sh', ...command], command, where);
  if (wrapped.kind !== 'ended' || wrapped.exitCode !== 126 || !NO_SHELL.test(wrapped.stdout)) return wrapped;
  return start([...command], command, where);
}

/** Whether a program of this mark still runs there; undefined: it cannot be told. Reads only. */
export async function stillRuns({ engine, container, mark, signal }: InContainer): Promise<boolean | undefined> {
  const reader = ['/bin/sh', '-c', 'cat /proc/[0-9]*/environ 2>/dev/null; true'];
  const seen = await start(reader, ['a look at its processes'], { engine, container, mark: '', signal });
  if (seen.kind !== 'ended' || seen.exitCode !== 0) return undefined;
  return seen.stdout.split('\0').includes(`${MARK}=${mark}`);
}

async function start(cmd: string[], command: readonly string[], where: InContainer): Promise<Ended> {
  const { engine, container, mark, signal } = where;
  if (signal.aborted) return { kind: 'stopped' };
  return engine.ask(`run ${command[0]} in ${container}`, async (docker) => {
    const exec = await docker.getContainer(container).exec({
      Cmd: cmd,
      AttachStdout: true,
      AttachStderr: true,
      ...(mark === '' ? {} : { Env: [`${MARK}=${mark}`] }),
    });
    const stream = await exec.start({});
    const [out, err] = [new PassThrough(), new PassThrough()];
    const [stdout, stderr] = [keepTail(out, MAX_OUTPUT_BYTES), keepTail(err, MAX_OUTPUT_BYTES)];
    const pid = new Promise<string | undefined>((resolve) => {
      err.once('data', (first: Buffer) => resolve(PID_LINE.exec(first.toString())?.[1]));
      stream.once('close', () => resolve(undefined));
    });
    const closed = new Promise<void>((resolve, reject) => {
      stream.once('end', resolve);
      stream.once('error', reject);
      stream.once('close', () => resolve());
    });
    docker.modem.demuxStream(stream, out, err);
    const { aborted, stopListening } = abortOf(signal);
    try {
      const first = await Promise.race([closed, aborted]);
      if (first === 'aborted') return { kind: (await end(docker, exec, container, pid)) ? 'stopped' : 'left' };
      const exitCode = await exitCodeOf(exec);
      return { kind: 'ended', exitCode, stdout: stdout.text(), stderr: stderr.text().replace(PID_LINE, '') };
    } finally {
      stopListening();
      stream.destroy();
    }
  });
}

function abortOf(signal: AbortSignal): { aborted: Promise<'aborted'>; stopListening(): void } {
  let listen = (): void => {};
  const aborted = new Promise<'aborted'>((resolve) => {
    listen = () => resolve('aborted');
    if (signal.aborted) listen();
    else signal.addEventListener('abort', listen, { once: true });
  });
  return { aborted, stopListening: () => signal.removeEventListener('abort', listen) };
}

/** True when it has ended. */
async function end(
  docker: Docker,
  exec: Docker.Exec,
  container: string,
  pid: Promise<string | undefined>,
): Promise<boolean> {
  const known = await Promise.race([pid, sleep(500, undefined)]);
  if (known === undefined) return hasEnded(exec, 0);
  for (const name of ['TERM', 'KILL']) {
    const killer = await docker.getContainer(container).exec({ Cmd: ['/bin/sh', '-c', KILLER, 'sh', name, known] });
    await killer.start({ Detach: true });
    if (await hasEnded(exec, GRACE_MS)) return true;
  }
  return false;
}

async function hasEnded(exec: Docker.Exec, withinMs: number): Promise<boolean> {
  const started = performance.now();
  for (;;) {
    if (!(await exec.inspect()).Running) return true;
    if (performance.now() - started > withinMs) return false;
    await sleep(50);
  }
}

/** Its output may end a little before it does. */
async function exitCodeOf(exec: Docker.Exec): Promise<number> {
  if (!(await hasEnded(exec, 1_000))) throw new Error('its output ended, and it still runs');
  const { ExitCode: code } = await exec.inspect();
  if (code === null) throw new Error('how it ended is not known');
  return code;
}
