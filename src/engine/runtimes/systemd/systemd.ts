import { ActionError } from '../../actions/action.js';
import type { Service } from '../../model/service.js';
import type { Exec } from '../../processes/exec.js';
import type { Runtime, RuntimeStatus } from '../runtime.js';
import { sectionMissing } from '../section.js';
import { PROPERTIES, parseShow, unitStatus } from './unit.js';

/** Nobody is there who could answer a question, or turn pages. */
const QUIET = ['--no-ask-password', '--no-pager'];

/** A unit of systemd on the worker's own machine, by its program `systemctl`. */
export function createSystemdRuntime(service: Service, { exec }: { exec: Exec }): Runtime {
  if (!service.systemd) throw sectionMissing(service, 'systemd', 'the name of a unit');
  const { unit } = service.systemd;
  const systemctl = (args: string[], signal?: AbortSignal): ReturnType<Exec> =>
    exec(['systemctl', ...QUIET, ...args], signal ? { signal } : {});

  async function status(signal?: AbortSignal): Promise<RuntimeStatus> {
    const shown = await systemctl(['show', `--property=${PROPERTIES.join(',')}`, '--', unit], signal);
    if (shown.exitCode !== 0) throw refused(`say how ${unit} is`, shown, '');
    return unitStatus(unit, parseShow(shown.stdout));
  }

  async function change(verb: 'stop' | 'start' | 'reload', signal: AbortSignal): Promise<RuntimeStatus> {
    const done = await systemctl([verb, '--', unit], signal);
    const now = await status(signal);
    if (done.exitCode !== 0) throw refused(`${verb} ${unit}`, done, ` It is now: ${now.summary}.`);
    return now;
  }

  return {
    name: 'systemd',
    spawns: true,
    status,
    stop: (signal) => change('stop', signal),
    reload: (signal) => change('reload', signal),
    async start(signal) {
      const { facts, status: now } = await status(signal);
      if (now === 'missing') throw missing(unit);
      // A unit that failed too often in a row is started no more until that is forgotten.
      if (facts.active === 'failed') await systemctl(['reset-failed', '--', unit], signal);
      return change('start', signal);
    },
    async logs(lines) {
      const read = await exec(['journalctl', '--no-pager', '-o', 'cat', '-n', String(lines), '-u', unit]);
      return read.stdout.split('\n').filter((line) => line !== '');
    },
  };
}

function refused(what: string, { exitCode, stderr }: Awaited<ReturnType<Exec>>, state: string): ActionError {
  const said = stderr.trim().split('\n').slice(-2).join('; ') || 'it said nothing';
  return new ActionError(`systemctl could not ${what} (exit ${exitCode}): ${said}.${state}`, { code: 'systemctl' });
}

function missing(unit: string): ActionError {
  return new ActionError(
    `There is no unit ${unit} on this worker's machine. Nothing was changed; give the step a pool whose workers have it, or install the unit.`,
    { code: 'missing', retryable: false },
  );
}
