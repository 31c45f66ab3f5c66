import { z } from 'zod';
import { deadline } from '../../health/within.js';
import type { ActionContext, ExecResult } from '../action.js';
import { ActionError } from '../action.js';
import { planSchema, stateSchema, type TerraformPlan, type TerraformState } from './changes.js';
import { failureOf, readTold, type Told } from './diagnostics.js';

/** It asks nobody anything and calls nobody. Its own configuration file is not ours: TF_CLI_CONFIG_FILE is not inherited. */
const ENVIRONMENT = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };

/**
 * SIGINT lets it end what it has begun, write its state and free its lock; its providers pass over SIGINT, and would die of
 * a SIGTERM to the group in the middle of a change. Source: hashicorp/terraform #10534 (go-plugin's server eats interrupts only).
 */
const STOP = { stopSignal: 'SIGINT', graceMs: 10_000 } as const;
/** With what is left of its group. */
export const TERRAFORM_ENDS_WITHIN_MS = 14_000;

/** A plan or a state as JSON may be large; what is cut is no JSON any more. */
const MAX_JSON = 64 * 1_024 * 1_024;
const MAX_TOLD = 4 * 1_024 * 1_024;

export interface Ran extends Told {
  exitCode: number;
  stderr: string;
}

type Rim = Pick<ActionContext, 'exec' | 'signal'>;

/** A command that reports with `-json`. Rejects with `TimeOver` after `ms`, when nothing of it runs any more. */
export async function runTold(rim: Rim, dir: string, args: readonly string[], ms: number): Promise<Ran> {
  const { signal, clear } = deadline(ms, rim.signal);
  try {
    const { exitCode, stdout, stderr } = await run(rim, dir, args, MAX_TOLD, signal);
    return { exitCode, stderr, ...readTold(stdout) };
  } finally {
    clear();
  }
}

/** Which version of the state is there: grows with every change; null: there is none yet. */
export interface StateMark {
  serial: number | null;
  lineage: string | null;
}

const markSchema = z.object({ serial: z.number(), lineage: z.string() });

export async function stateMark(rim: Rim, dir: string): Promise<StateMark> {
  const text = await printed(rim, dir, ['state', 'pull']);
  if (text.trim() === '') return { serial: null, lineage: null };
  return parsed(text, markSchema, 'its state');
}

export async function showPlan(rim: Rim, dir: string, file: string): Promise<TerraformPlan> {
  return parsed(await printed(rim, dir, ['show', '-json', file]), planSchema, 'the plan');
}

export async function showState(rim: Rim, dir: string): Promise<TerraformState> {
  return parsed(await printed(rim, dir, ['show', '-json']), stateSchema, 'its state');
}

/** As people read it. */
export function planText(rim: Rim, dir: string, file: string): Promise<string> {
  return printed(rim, dir, ['show', '-no-color', file]);
}

export async function printed(rim: Rim, dir: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(rim, dir, args, MAX_JSON, rim.signal);
  if (exitCode === 0) return stdout;
  throw failureOf(`terraform ${args[0]} in ${dir}`, { diagnostics: [] }, exitCode, stderr, 'Nothing was changed.');
}

function run(
  rim: Rim,
  cwd: string,
  args: readonly string[],
  maxOutput: number,
  signal: AbortSignal,
): Promise<ExecResult> {
  return rim.exec(['terraform', ...args], { cwd, env: ENVIRONMENT, maxOutput, signal, ...STOP });
}

function parsed<T>(text: string, schema: z.ZodType<T>, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new ActionError(`terraform showed ${what} in a form that this version does not know; nothing was changed.`, {
      code: 'terraform_unreadable',
      retryable: false,
    });
  }
}
