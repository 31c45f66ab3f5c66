import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Action, ProbeResult } from '../../../engine/actions/action.js';
import { parseInput } from '../../../engine/actions/parse-input.js';
import { InvalidInput } from '../../../engine/model/errors.js';
import type { JsonObject } from '../../../engine/model/json.js';
import type { ActionCall, StepResult } from '../../../engine/model/plan.js';
import type { Scratch } from './scratch.js';

/** What the engine relies on in an action, one function each; what does not hold is one sentence. */
export interface Stage {
  action: Action;
  /** As its schema reads it. */
  input: JsonObject;
  scratch: Scratch;
  /** All that only `run` may change. */
  state(): Promise<string>;
}

/** The engine waits this long for a look, and for what was told to stop. */
const LOOK_MS = 2_000;
const STOP_MS = 5_000;

const STRANGER = 'no_such_field';
const json = z.record(z.string(), z.json().optional());

/** What is stored with a step is read again, perhaps by another version. */
export function refusesStrangers({ action, input }: Stage): void {
  const again = attempt(() => parseInput(action, input));
  if (again instanceof Error) broken(action, `what its input gives cannot be read again: ${again.message}`);
  const refusal = attempt(() => parseInput(action, { ...input, [STRANGER]: 1 }));
  // A record takes any field because its author said so.
  const taken = !(refusal instanceof Error) && STRANGER in Object(refusal);
  const named = refusal instanceof InvalidInput && refusal.message.includes(STRANGER);
  if (!taken && !named) broken(action, 'an unknown field is not refused by its name; use z.strictObject');
}

export async function onlyLooks(on: Stage): Promise<{ title: string; preview: string | undefined }> {
  const { action, input, scratch, state } = on;
  const was = await state();
  const risk = typeof action.risk === 'function' ? action.risk(input) : action.risk;
  if (!(risk >= 0 && risk <= 1)) broken(action, `its risk for this input is ${risk}; expected 0 to 1`);
  const title = action.title(input);
  if (typeof title !== 'string' || title.trim() === '') broken(action, 'its title for this input is empty');
  const ctx = scratch.context(AbortSignal.timeout(STOP_MS), 'looking');
  const preview = await action.preview?.(input, ctx);
  if (action.preview && !preview?.trim()) broken(action, 'its preview is empty');
  if (preview?.includes('\n')) broken(action, 'its preview has more than one line');
  if ((await state()) !== was) broken(action, 'its preview had an effect');
  await look(on);
  if ((await state()) !== was) broken(action, 'its look had an effect');
  return { title, preview };
}

/** The before-state, as it is committed before a step. */
export async function look({ action, input, scratch }: Stage): Promise<JsonObject> {
  if (!action.look) return {};
  const began = performance.now();
  const before = await action.look(input, scratch.context(AbortSignal.timeout(STOP_MS)));
  const tookMs = Math.round(performance.now() - began);
  if (tookMs > LOOK_MS) broken(action, `its look took ${tookMs} ms; the engine commits without it after ${LOOK_MS}`);
  if (!json.safeParse(before).success) broken(action, 'its look gave something that JSON does not have');
  return before;
}

/** It may have had its effect or not, but it ends. */
export async function endsWhenAborted(on: Stage, underWay: () => Promise<unknown>): Promise<void> {
  const { action, input, scratch } = on;
  const stop = new AbortController();
  const before = await look(on);
  const running = action.run(input, scratch.context(stop.signal), before);
  const early = await Promise.race([
    running.then(
      () => 'ended',
      () => 'ended',
    ),
    underWay().then(() => 'under way'),
  ]);
  if (early === 'ended') broken(action, 'it ended before it was under way');
  stop.abort(new Error('cancelled'));
  if ((await settled(running)) === 'late') broken(action, `it did not end within ${STOP_MS} ms of the abort`);
}

export async function run({ action, input, scratch }: Stage, before: JsonObject): Promise<StepResult> {
  const result = await action.run(input, scratch.context(new AbortController().signal), before);
  if (!json.safeParse(result).success)
    broken(action, 'run gave something that JSON does not have; expected { summary: "3 jobs" }');
  return result;
}

/** @param expected undefined: done or not_done, since running it again does no harm */
export async function probeSays(
  { action, input, scratch, state }: Stage,
  before: JsonObject,
  expected: ProbeResult['outcome'] | undefined,
  when: string,
): Promise<void> {
  if (!action.probe) return;
  const was = await state();
  const { outcome, evidence } = await action.probe(input, before, scratch.context(AbortSignal.timeout(STOP_MS)));
  if ((await state()) !== was) broken(action, 'its probe had an effect');
  const fits = expected === undefined ? outcome !== 'unknown' : outcome === expected;
  if (!fits)
    broken(action, `its probe said ${outcome} ${when} (${evidence}); expected ${expected ?? 'done or not_done'}`);
  if (!evidence.trim()) broken(action, 'its probe gave no evidence for the person who decides');
}

export function undoes({ action, input }: Stage, before: JsonObject): ActionCall | undefined {
  const call = action.inverse?.(input, before);
  if (call && !json.safeParse(call.input).success) broken(action, 'its inverse has an input that JSON does not have');
  return call;
}

async function settled(running: Promise<unknown>): Promise<'ended' | 'late'> {
  const late = new AbortController();
  try {
    const ended = running.then(
      () => 'ended' as const,
      () => 'ended' as const,
    );
    return await Promise.race([ended, delay(STOP_MS, 'late' as const, { signal: late.signal })]);
  } finally {
    late.abort();
  }
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function broken({ name }: Action, sentence: string): never {
  throw new Error(`${name}: ${sentence}.`);
}
