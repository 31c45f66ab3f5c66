import type { Action, ActionContext } from '../actions/action.js';
import { ActionError } from '../actions/action.js';
import { formatDuration } from '../model/duration.js';
import type { JsonObject } from '../model/json.js';
import type { ActionCall, StepResult } from '../model/plan.js';
import type { RecoveryStep, StepError } from '../model/recovery.js';

/** Why a running step was told to stop. */
export type AbortCode = 'timeout' | 'recovery_timeout' | 'cancelled' | 'lease_lost' | 'shutdown' | 'sibling_failed';

export class Aborted extends Error {
  constructor(
    readonly code: AbortCode,
    message: string,
  ) {
    super(message);
  }
}

export type Attempt =
  | { kind: 'succeeded'; result: StepResult }
  | { kind: 'failed'; error: StepError; retryable: boolean }
  | { kind: 'aborted'; code: AbortCode };

/** What the runner needs of the actions: to find one, and to give it its surroundings. */
export interface Hands {
  action(name: string): Action;
  context(step: RecoveryStep, signal: AbortSignal): ActionContext;
}

/**
 * One attempt of a step: the effect, then its `verify`. It ends when `stop` is aborted, by itself when the step's time is
 * over; an abort for another reason is told apart, because then nothing is known yet.
 */
export async function attempt(
  step: RecoveryStep,
  hands: Hands,
  stop: AbortController,
  limit: { ms: number; code: 'timeout' | 'recovery_timeout' },
): Promise<Attempt> {
  const { signal } = stop;
  const message = `no end after ${formatDuration(limit.ms)}`;
  // The first cause wins: an abort after another one changes nothing.
  const timer = setTimeout(() => stop.abort(new Aborted(limit.code, message)), limit.ms);
  try {
    const ctx = hands.context(step, signal);
    const result = await perform(step, hands, ctx, step.before ?? {});
    if (step.verify) await perform(step.verify, hands, ctx, {});
    return { kind: 'succeeded', result };
  } catch (error) {
    if (!signal.aborted) return { kind: 'failed', ...explain(error) };
    const reason: unknown = signal.reason;
    const code = reason instanceof Aborted ? reason.code : 'cancelled';
    if (code !== 'timeout' && code !== 'recovery_timeout') return { kind: 'aborted', code };
    return { kind: 'failed', error: { code, message }, retryable: code === 'timeout' };
  } finally {
    clearTimeout(timer);
  }
}

async function perform(call: ActionCall, hands: Hands, ctx: ActionContext, before: JsonObject): Promise<StepResult> {
  const action = hands.action(call.action);
  ctx.signal.throwIfAborted();
  return action.run(call.input, ctx, before);
}

function explain(error: unknown): { error: StepError; retryable: boolean } {
  if (error instanceof ActionError) {
    const { code = 'action_failed', retryable = true, facts } = error.options;
    return { error: { code, message: error.message, facts }, retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { error: { code: 'unexpected', message }, retryable: true };
}

export interface Resolution {
  outcome: 'done' | 'not_done' | 'unknown';
  evidence: string;
  result?: StepResult;
}

/** How the old attempt's processes stand: `gone` was proven, `cannot_tell` was not. */
export type OldProcesses = 'gone' | 'cannot_tell';

/**
 * Finds out whether a step's effect happened, after its worker died or was stopped inside it (D4): the author's `verify`
 * wins, then the action's own probe. What gives no answer stays unknown; nothing is guessed.
 */
export async function resolve(
  step: RecoveryStep,
  hands: Hands,
  old: OldProcesses,
  signal: AbortSignal,
): Promise<Resolution> {
  try {
    const action = hands.action(step.action);
    if (old === 'cannot_tell' && action.spawns)
      return { outcome: 'unknown', evidence: 'it cannot be proven that its old processes are gone' };
    const ctx = hands.context(step, signal);
    if (step.verify) return await verified(step.verify, hands, ctx);
    if (action.probe) return await action.probe(step.input, step.before ?? {}, ctx);
  } catch (error) {
    return {
      outcome: 'unknown',
      evidence: `looking failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  return { outcome: 'unknown', evidence: `${step.action} leaves no trace that could be looked at` };
}

async function verified(verify: ActionCall, hands: Hands, ctx: ActionContext): Promise<Resolution> {
  try {
    const result = await perform(verify, hands, ctx, {});
    return { outcome: 'done', evidence: `verify (${verify.action}) holds`, result };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return { outcome: 'not_done', evidence: `verify (${verify.action}) does not hold: ${error.message}` };
  }
}
