import { z } from 'zod';
import { deadline, TimeOver } from '../health/within.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import { cleanEnvironment } from '../processes/environment.js';
import { findProgram } from '../processes/program.js';
import { credential } from '../secrets/credential.js';
import { type ActionContext, ActionError, type ExecOptions, type ExecResult } from './action.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, text } from './fields.js';

const LIST =
  'a list [program, argument, ...]: commands are run without a shell, so a text would have to be split by guessing';
const CODES = 'a list of exit codes from 0 to 255, such as [0, 2]';
const ENV = 'a mapping of names to texts, such as { LEVEL: "debug" }';
const DEFAULT_TIMEOUT = '5m';

export const runCommand = defineAction({
  name: 'run_command',
  description: 'Runs a program with arguments, never a shell line.',
  version: 1,
  input: z.strictObject({
    command: z
      .array(z.string({ error: 'a text' }), { error: LIST })
      .min(1, { error: LIST })
      .refine(([program]) => program !== '', { error: LIST }),
    cwd: text('the path of a folder').optional(),
    env: z.record(z.string(), credential(z.string({ error: 'a text' })), { error: ENV }).optional(),
    timeout: duration(HOUR_MS, '1h').optional(),
    success_codes: z
      .array(z.number({ error: CODES }).int({ error: CODES }).min(0, { error: CODES }).max(255, { error: CODES }), {
        error: CODES,
      })
      .min(1, { error: CODES })
      .optional(),
  }),
  risk: 0.5,
  idempotent: false,
  spawns: true,
  // The input's own timeout, 5 min by default, is the one that people see.
  timeoutMs: HOUR_MS,
  services: () => [],
  title: ({ command }) => `Run ${inWords(command)}`,

  async run({ command, cwd, env, timeout = DEFAULT_TIMEOUT, success_codes: codes = [0] }, ctx) {
    const ms = parseDuration(timeout);
    const program = command[0] ?? '';
    const { exitCode, stdout, stderr } = await runFor(ms, ctx, command, { cwd, env });
    const facts = { exit_code: exitCode, stdout: tail(stdout), stderr: tail(stderr) };
    if (codes.includes(exitCode))
      return { summary: exitCode === 0 ? 'exit code 0' : `exit code ${exitCode}, as allowed`, ...facts };
    const line = lastLine(stderr) || lastLine(stdout);
    throw new ActionError(
      `${program} ended with exit code ${exitCode}${line ? `: ${line}` : ' and printed nothing'}.`,
      {
        code: 'command_failed',
        facts,
      },
    );
  },

  async preview({ command, cwd, env }) {
    const [name = ''] = command;
    const program = await findProgram(name, cwd ?? process.cwd(), cleanEnvironment(env)).catch((error: unknown) => {
      if (error instanceof ActionError) return undefined;
      throw error;
    });
    const here = program === undefined ? 'it cannot be run on this node as things are' : `here that is ${program}`;
    return `would run ${inWords(command)}${cwd ? ` in ${cwd}` : ''}; ${here}`;
  },
});

/** Rejects only when nothing of the program runs any more. */
async function runFor(ms: number, ctx: ActionContext, command: string[], options: ExecOptions): Promise<ExecResult> {
  const { signal, clear } = deadline(ms, ctx.signal);
  try {
    return await ctx.exec(command, { ...options, signal });
  } catch (error) {
    if (!(error instanceof TimeOver)) throw error;
    const message = `${command[0]} was ended after ${formatDuration(ms)}; what it did until then stays.`;
    throw new ActionError(message, { code: 'command_timeout' });
  } finally {
    clear();
  }
}

function inWords(command: string[]): string {
  const words = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  return words.length > 80 ? `${words.slice(0, 77)}...` : words;
}

function tail(output: string): string {
  return output.slice(-4_000);
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.slice(0, 300) ?? '';
}
