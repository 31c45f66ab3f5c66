import type { Action, ActionContext } from '../actions/action.js';
import { ActionError, UnknownOutcome } from '../actions/action.js';
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
  | { kind: 'aborted'; code: AbortCode }
  /** The action says that it does not know. */
  | { kind: 'in_doubt'; message: string }
  /** It was told to stop and went on all the same: it may still act, and what it says later counts no more. */
  | { kind: 'abandoned'; code: AbortCode };

/** An action that was told to stop gets this long, unless it says itself how long it needs; a program's grace fits into it. */
const ABANDON_AFTER_MS = 5_000;
/** No action gets more. */
export const LONGEST_END_MS = 15_000;

/** What the runner needs of the actions: to find one, and to give it its surroundings. */
export interface Hands {
  action(name: string): Action;
  context(step: RecoveryStep, signal: AbortSignal): ActionContext;
}

/**
 * One attempt of a step: the effect, then its `verify`. It ends when `stop` is aborted, by itself when the step's time is
 * over; an abort for another reason is told apart, because then nothing is known yet. An action that does not heed its
 * signal is left behind.
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
  const over = { yet: false };
  const patience = unheeded(signal, () => hands.action(step.action).endsWithinMs);
  try {
    return await Promise.race([heeding(step, hands, signal, over), patience.ended]);
  } finally {
    over.yet = true;
    clearTimeout(timer);
    patience.stop();
  }
}

async function heeding(
  step: RecoveryStep,
  hands: Hands,
  signal: AbortSignal,
  over: { yet: boolean },
): Promise<Attempt> {
  try {
    const ctx = heardUntil(over, hands.context(step, signal));
    const result = await perform(step, hands, ctx, step.before ?? {});
    if (step.verify) await check(step.verify, hands, ctx);
    return { kind: 'succeeded', result };
  } catch (error) {
    if (!signal.aborted && error instanceof UnknownOutcome) return { kind: 'in_doubt', message: error.message };
    if (!signal.aborted) return { kind: 'failed', ...explain(error) };
    const { code, message } = causeOf(signal);
    if (code !== 'timeout' && code !== 'recovery_timeout') return { kind: 'aborted', code };
    // What the action saw last says why it took so long.
    const why = error instanceof ActionError ? `; ${error.message}` : '';
    return { kind: 'failed', error: { code, message: message + why }, retryable: code === 'timeout' };
  }
}

/** Ends only when `signal` has been aborted for as long as the action may take to end. */
function unheeded(
  signal: AbortSignal,
  endsWithinMs: () => number | undefined,
): { ended: Promise<Attempt>; stop(): void } {
  let grace: NodeJS.Timeout | undefined;
  let wait = (): void => {};
  const ended = new Promise<Attempt>((resolve) => {
    wait = () => {
      const ms = Math.min(endsWithinMs() ?? ABANDON_AFTER_MS, LONGEST_END_MS);
      grace = setTimeout(() => resolve({ kind: 'abandoned', code: causeOf(signal).code }), ms);
    };
  });
  if (signal.aborted) wait();
  else signal.addEventListener('abort', wait, { once: true });
  return {
    ended,
    stop() {
      clearTimeout(grace);
      signal.removeEventListener('abort', wait);
    },
  };
}

/** What an action that was left behind still says must not get into a later commit. */
function heardUntil(over: { yet: boolean }, ctx: ActionContext): ActionContext {
  return {
    ...ctx,
    log(message, facts) {
      if (!over.yet) ctx.log(message, facts);
    },
    async notify(message, to) {
      if (!over.yet) await ctx.notify(message, to);
    },
  };
}

function causeOf(signal: AbortSignal): { code: AbortCode; message: string } {
  const reason: unknown = signal.reason;
  return reason instanceof Aborted ? reason : { code: 'cancelled', message: String(reason) };
}

async function perform(call: ActionCall, hands: Hands, ctx: ActionContext, before: JsonObject): Promise<StepResult> {
  const action = hands.action(call.action);
  ctx.signal.throwIfAborted();
  return action.run(call.input, ctx, before);
}

/** What a check that fails says of itself, such as that it changed nothing, is not what the step did. */
async function check(verify: ActionCall, hands: Hands, ctx: ActionContext): Promise<void> {
  try {
    await perform(verify, hands, ctx, {});
  } catch (error) {
    if (ctx.signal.aborted || !(error instanceof ActionError)) throw error;
    const { code, retryable, facts } = error.options;
    throw new ActionError(`it was done, but its check says: ${error.message}`, { code, retryable, facts });
  }
}

function explain(error: unknown): { error: StepError; retryable: boolean } {
  if (error instanceof ActionError) {
    const { code = 'action_failed', retryable = true, untouched, facts } = error.options;
    return { error: { code, message: error.message, untouched, facts }, retryable };
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
    const ctx = hands.context(step, signal);
    if (old === 'cannot_tell' && spawns(action, step, ctx))
      return { outcome: 'unknown', evidence: 'it cannot be proven that its old processes are gone' };
    if (step.verify) return await orAborted(verified(step.verify, hands, ctx), signal);
    if (action.probe) return await orAborted(action.probe(step.input, step.before ?? {}, ctx), signal);
  } catch (error) {
    return {
      outcome: 'unknown',
      evidence: `looking failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  return { outcome: 'unknown', evidence: `${step.action} leaves no trace that could be looked at` };
}

function spawns({ spawns: said = false }: Action, { input }: RecoveryStep, ctx: ActionContext): boolean {
  return typeof said === 'function' ? said(input, ctx) : said;
}

/** A look that never ends must not keep a recovery for ever. */
function orAborted<T>(looking: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([looking, aborted]);
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
