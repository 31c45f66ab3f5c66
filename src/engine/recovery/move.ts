import type { Json } from '../model/json.js';
import type { NewEffect, NewEvent, Recovery, RecoveryState, RecoveryStep, Snapshot } from '../model/recovery.js';
import { waitsForPerson } from '../model/recovery.js';
import { redactJson, withoutKnownJson } from '../model/redact.js';
import type { ApprovalDraft, Write } from '../ports.js';
import { assertMove } from './transitions.js';

/**
 * A change in the making: where it began, what it has become, and the facts and effects on the way. The functions of
 * the machine take one and give a new one; the store writes the difference in one transaction.
 */
export interface Move extends Write {
  after: Snapshot;
}

export function move(from: Snapshot): Move {
  return { before: from, after: from, events: [], effects: [] };
}

export function setRecovery(m: Move, patch: Partial<Recovery>): Move {
  return { ...m, after: { ...m.after, recovery: { ...m.after.recovery, ...patch } } };
}

export function setStep(m: Move, position: number, patch: Partial<RecoveryStep>): Move {
  const steps = m.after.steps.map((step) => (step.position === position ? { ...step, ...patch } : step));
  return { ...m, after: { ...m.after, steps } };
}

export function setSteps(m: Move, steps: RecoveryStep[]): Move {
  return { ...m, after: { ...m.after, steps } };
}

export function event(m: Move, kind: string, actor: string, data: NewEvent['data'] = {}): Move {
  const { service, plan } = m.after.recovery;
  return {
    ...m,
    events: [...m.events, { kind, actor, data: withoutKnownJson({ service, plan: plan.name, ...data }) }],
  };
}

/** What leaves Reviver is kept without the secrets that may be in it. */
export function effect(m: Move, made: NewEffect): Move {
  return { ...m, effects: [...m.effects, { ...made, payload: redactJson(made.payload) }] };
}

/** The approval is used up by this commit, and only if it is about exactly this. */
export function consume(m: Move, approval: string, digest: string): Move {
  return { ...m, consume: [...(m.consume ?? []), { approval, digest }] };
}

export function ask(m: Move, draft: ApprovalDraft): Move {
  return { ...m, ask: draft };
}

export function step(m: Move, position: number): RecoveryStep {
  const found = m.after.steps.find((candidate) => candidate.position === position);
  if (!found) throw new Error(`recovery ${m.after.recovery.id} has no step at position ${position}`);
  return found;
}

export function stepFacts(of: RecoveryStep): { [key: string]: Json | undefined } {
  return { step: of.position, step_id: of.id, name: of.name, action: of.action, attempt: of.attempts };
}

/** The one function that moves the state; the clock of active work stops while people are waited for. */
export function moveTo(m: Move, state: RecoveryState, now: Date): Move {
  const { recovery } = m.after;
  assertMove(recovery.state, state);
  const works = state === 'IN_PROGRESS' || state === 'ROLLING_BACK';
  const patch: Partial<Recovery> = { state };
  if (recovery.activeSince && !works) {
    patch.activeMs = activeMs(recovery, now);
    patch.activeSince = null;
  } else if (!recovery.activeSince && works) patch.activeSince = now;
  if (!works) patch.owner = null;
  if (waitsForPerson(state)) patch.wakeAt = null;
  return setRecovery(m, patch);
}

/** Milliseconds of work so far, waits for people excluded. */
export function activeMs(recovery: Recovery, now: Date): number {
  return recovery.activeMs + (recovery.activeSince ? now.getTime() - recovery.activeSince.getTime() : 0);
}
