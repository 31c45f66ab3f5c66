import { z } from 'zod';
import { deadline } from '../health/within.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import { redact } from '../model/redact.js';
import { type ActionContext, ActionError, UnknownOutcome } from './action.js';
import { defineAction } from './define-action.js';
import { containerName, containerOf, shortId } from './docker/container-of.js';
import { type InContainer, runInContainer, stillRuns } from './docker/in-container.js';
import { duration, HOUR_MS, serviceName } from './fields.js';

const LIST =
  'a list [program, argument, ...]: commands are run without a shell, so a text would have to be split by guessing';
const CODES = 'a list of exit codes from 0 to 255, such as [0, 2]';
const DEFAULT_TIMEOUT = '5m';
const code = z.number({ error: CODES }).int({ error: CODES }).min(0, { error: CODES }).max(255, { error: CODES });

export const dockerExec = defineAction({
  name: 'docker_exec',
  description: 'Runs a program with arguments inside the container of a service, never a shell line.',
  version: 1,
  input: z.strictObject({
    service: serviceName,
    command: z
      .array(z.string({ error: 'a text' }), { error: LIST })
      .min(1, { error: LIST })
      .refine(([program]) => program !== '', { error: LIST }),
    timeout: duration(HOUR_MS, '1h').optional(),
    success_codes: z.array(code, { error: CODES }).min(1, { error: CODES }).optional(),
  }),
  risk: 0.5,
  idempotent: false,
  // The input's own timeout, 5 min by default, is the one that people see.
  timeoutMs: HOUR_MS,
  services: ({ service }) => [service],
  title: ({ service, command }) => `Run ${inWords(command)} in ${service}`,

  async look({ service }, ctx) {
    const found = await containerOf(service, ctx);
    return { container: shortId(found.Id), since: found.State.StartedAt };
  },

  async run({ service, command, timeout = DEFAULT_TIMEOUT, success_codes: codes = [0] }, ctx) {
    const program = command[0] ?? '';
    const ms = parseDuration(timeout);
    if (!(await containerOf(service, ctx)).State.Running) throw notRunning(service);
    const { signal, clear } = deadline(ms, ctx.signal);
    try {
      const where = inside(service, { ...ctx, signal });
      if (await stillRuns(where)) throw runsAlready(service);
      const ended = await runInContainer(command, where);
      ctx.signal.throwIfAborted();
      if (ended.kind !== 'ended') throw overdue(program, service, ms, ended.kind);
      const { exitCode, stdout, stderr } = ended;
      const facts = { exit_code: exitCode, stdout: tail(stdout), stderr: tail(stderr) };
      if (codes.includes(exitCode))
        return { summary: exitCode === 0 ? 'exit code 0' : `exit code ${exitCode}, as allowed`, ...facts };
      const line = lastLine(stderr) || lastLine(stdout);
      const message = `${program} in ${service} ended with exit code ${exitCode}${line ? `: ${line}` : ' and printed nothing'}.`;
      throw new ActionError(message, { code: 'command_failed', facts });
    } finally {
      clear();
    }
  },

  /** A program leaves no trace of its own: there is only evidence for the person who decides. */
  async probe({ service }, before, ctx) {
    const found = await containerOf(service, ctx);
    const same = before.container === shortId(found.Id) && before.since === found.State.StartedAt;
    if (!same || !found.State.Running)
      return {
        outcome: 'unknown',
        evidence: `${service} has ended since, and with it what ran in it; how far that came is not known`,
      };
    const runs = await stillRuns(inside(service, ctx));
    const evidence = {
      true: 'its program still runs in the container',
      false: 'its program does not run any more; how far it came is not known',
      undefined: 'the container has no shell, so that its processes cannot be looked at',
    };
    return { outcome: 'unknown', evidence: evidence[`${runs}`] };
  },

  async preview({ service, command }, ctx) {
    const found = await containerOf(service, ctx);
    if (!found.State.Running) return `would be refused: ${notRunning(service).message}`;
    return `would run ${inWords(command)} in container ${shortId(found.Id)} of ${found.Config.Image}, as ${found.Config.User || 'root'}`;
  },
});

function inside(service: string, ctx: Pick<ActionContext, 'service' | 'docker' | 'runKey' | 'signal'>): InContainer {
  return { engine: ctx.docker, container: containerName(service, ctx), mark: ctx.runKey, signal: ctx.signal };
}

function notRunning(service: string): ActionError {
  return new ActionError(`${service} does not run, so nothing can be run in it; nothing was changed. Start it first.`, {
    code: 'not_running',
  });
}

function overdue(program: string, service: string, ms: number, kind: 'stopped' | 'left'): Error {
  const after = formatDuration(ms);
  if (kind === 'left')
    return new UnknownOutcome(
      `${program} in ${service} took longer than ${after}, and still runs there: it cannot be ended`,
    );
  const message = `${program} in ${service} was ended after ${after}; what it did until then stays.`;
  return new ActionError(message, { code: 'command_timeout' });
}

function runsAlready(service: string): ActionError {
  return new ActionError(
    `What an earlier attempt started in ${service} still runs; nothing was started beside it. Wait for it, or restart ${service}.`,
    { code: 'runs_already' },
  );
}

function inWords(command: readonly string[]): string {
  const words = redact(command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' '));
  return words.length > 80 ? `${words.slice(0, 77)}...` : words;
}

function tail(output: string): string {
  return redact(output.slice(-4_000));
}

function lastLine(output: string): string {
  return redact(output.trimEnd().split('\n').at(-1)?.slice(0, 300) ?? '');
}
