import { mkdir, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { ActionError } from '../actions/action.js';
import { InvalidInput } from '../model/errors.js';
import type { Service } from '../model/service.js';
import { groupGone, signalGroup } from '../processes/group.js';
import { isAlive, type ProcessIdentity } from '../processes/identity.js';
import { catches } from '../processes/proc.js';
import { groupsMarked } from '../processes/run-groups.js';
import type { Secrets } from '../secrets/secrets.js';
import { bytesBelow } from '../snapshots/room.js';
import { launchDetached, PID_FILE_MARKER } from './launch-detached.js';
import { lastLines, sizeOf } from './log-file.js';
import { readPidFile } from './pid-file.js';
import { captureFiles, restoreFiles } from './process-files.js';
import type { Runtime, RuntimeStatus } from './runtime.js';

const { SIGHUP } = constants.signals;

/** Milliseconds that a service has to end by SIGTERM, and again by SIGKILL. */
const STOP_GRACE_MS = 10_000;

/**
 * Services that are plain programs of this machine. They outlive Reviver: own session, output appended to
 * `<dataDir>/processes/<service>.log`, and a pid file that the program's own launcher writes, so that a worker that is
 * killed at any moment leaves no process that the next one does not know.
 */
export function createProcessRuntime(
  service: Service,
  { dataDir, secrets }: { dataDir: string; secrets: Pick<Secrets, 'resolve'> },
): Runtime {
  const { process: program } = service;
  if (!program)
    throw new InvalidInput(`services.${service.name}.process`, program, 'a command, as the runtime is process');
  const folder = resolve(dataDir, 'processes');
  const base = join(folder, encodeURIComponent(service.name));
  const [pidFile, logFile] = [`${base}.pid`, `${base}.log`];

  async function status(): Promise<RuntimeStatus> {
    const identity = await readPidFile(pidFile);
    return identity && (await isAlive(identity)) ? runningAs(identity) : STOPPED;
  }

  async function start(signal: AbortSignal): Promise<RuntimeStatus> {
    signal.throwIfAborted();
    const before = await status();
    if (before.status === 'running') return before;
    const env = await secrets.resolve({ ...program?.env }, signal);
    await mkdir(folder, { recursive: true });
    await rm(pidFile, { force: true });
    const logged = await sizeOf(logFile);
    const ended = await launchDetached({ ...program, env, name: service.name, pidFile, logFile });
    const now = await status();
    if (now.status === 'running') return now;
    await endAll(await leftovers(), signal);
    throw endedAtOnce(service.name, ended ?? 'nobody saw how', await lastLines(logFile, 5, logged));
  }

  async function stop(signal: AbortSignal): Promise<RuntimeStatus> {
    signal.throwIfAborted();
    const identity = await readPidFile(pidFile);
    const leader = identity && (await isAlive(identity)) ? [identity.pid] : [];
    await endAll(new Set([...leader, ...(await leftovers())]), signal);
    return status();
  }

  /** Its first process alone is told: what it started, it tells itself. */
  async function reload(signal: AbortSignal): Promise<RuntimeStatus> {
    signal.throwIfAborted();
    const identity = await readPidFile(pidFile);
    if (!identity || !(await isAlive(identity))) return STOPPED;
    if (!(await catches(identity.pid, SIGHUP)))
      throw new ActionError(
        `${service.name} does not listen to SIGHUP, which would end it or say nothing to it. Nothing was sent; restart it instead.`,
        { code: 'no_reload', retryable: false },
      );
    process.kill(identity.pid, 'SIGHUP');
    return status();
  }

  /** Groups of processes that it started and that outlived it, also such as put themselves into the background. */
  function leftovers(): Promise<number[]> {
    return groupsMarked(`${PID_FILE_MARKER}=${pidFile}`);
  }

  /** Its data folder, where the configuration names one. */
  function filesOf(dataDir: string): NonNullable<Runtime['snapshot']> {
    return {
      measure: (signal) => bytesBelow(dataDir, signal),
      capture: (room, signal, without) => captureFiles(dataDir, room, signal, without),
      async restore(room, signal, _by, overlay) {
        const ran = (await status()).status === 'running';
        await stop(signal);
        await restoreFiles(dataDir, room, signal, overlay).catch(async (error: unknown) => {
          if (ran && !signal.aborted) await start(signal);
          throw error;
        });
        return start(signal);
      },
    };
  }

  const { dataDir: data } = service;
  return {
    name: 'process',
    status,
    start,
    stop,
    reload,
    logs: (lines) => lastLines(logFile, lines),
    ...(data === undefined ? {} : { snapshot: filesOf(data) }),
  };
}

const STOPPED: RuntimeStatus = { status: 'stopped', instance: null, summary: 'not running', facts: {} };

function runningAs({ pid, startedAt }: ProcessIdentity): RuntimeStatus {
  return { status: 'running', instance: `${pid}@${startedAt}`, summary: `pid ${pid}`, facts: { pid } };
}

/** Aborted, it stops waiting: a group then still runs, or is about to end, and `status` says which. */
async function endAll(groups: Iterable<number>, signal: AbortSignal): Promise<void> {
  for (const group of groups) {
    signalGroup(group, 'SIGTERM');
    if (await groupGone(group, STOP_GRACE_MS, signal)) continue;
    signalGroup(group, 'SIGKILL');
    if (!(await groupGone(group, STOP_GRACE_MS, signal)))
      throw new ActionError(`Process group ${group} does not end, not even by SIGKILL.`, { code: 'does_not_end' });
  }
}

function endedAtOnce(service: string, how: string, lines: string[]): ActionError {
  const said = lines.length > 0 ? `Its last lines: ${lines.join(' | ')}` : 'It printed nothing.';
  const hint =
    how === 'exit code 0' ? ' A service must stay in the foreground, without an option such as --daemonize.' : '';
  return new ActionError(`${service} ended at once (${how}); it does not run.${hint} ${said}`, {
    code: 'ended_at_once',
  });
}
