import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../health/within.js';
import type { JsonObject } from '../model/json.js';
import type { RecoveryStep } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import type { Hands } from './attempt.js';

/** A before-state that takes longer than this is not waited for by the commit of the step before it. */
const QUICK_MS = 250;
const LONGEST_MS = 5_000;

/**
 * The before-state of a step's target: the evidence for its probe. A slow look lets what is done already be committed
 * first (`meanwhile`); one that fails is part of the evidence, and the step itself will say why.
 */
export async function lookAt(step: RecoveryStep, hands: Hands, meanwhile: () => Promise<void>): Promise<JsonObject> {
  // Most have nothing to look at: no timer for them.
  if (!looks(step, hands)) return {};
  const looked = look(step, hands).catch((error: unknown) => ({ look_failed: redact(String(error)) }));
  const quick = new AbortController();
  try {
    const first = await Promise.race([looked, delay(QUICK_MS, undefined, { signal: quick.signal })]);
    if (first) return first;
  } finally {
    quick.abort();
  }
  await meanwhile();
  return looked;
}

function looks(step: RecoveryStep, hands: Hands): boolean {
  try {
    return hands.action(step.action).look !== undefined;
  } catch {
    // An unknown action: the attempt will say so.
    return false;
  }
}

async function look(step: RecoveryStep, hands: Hands): Promise<JsonObject> {
  const action = hands.action(step.action);
  if (!action.look) return {};
  const { look } = action;
  return within(Math.min(step.timeoutMs, LONGEST_MS), undefined, (signal) =>
    look.call(action, step.input, hands.context(step, signal)),
  );
}
