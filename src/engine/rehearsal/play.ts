import type { Action } from '../actions/action.js';
import type { Plan, PlannedStep } from '../model/plan.js';
import { isTerminal, type RecoveryStep, type Snapshot } from '../model/recovery.js';
import type { Log, RecoveryStore } from '../ports.js';
import { LostLease } from '../recovery/progress.js';
import { drive, type RunnerPorts } from '../recovery/runner.js';
import { unbegun } from '../recovery/unbegun.js';
import { createUndoOf } from '../recovery/undo-of.js';
import { type Ending, endingOf } from './ending.js';
import type { Fault } from './fault.js';
import { asVerify, createStandIns } from './stand-ins.js';
import { createWorld } from './world.js';

export interface PlayPorts {
  actions: ReadonlyMap<string, Action>;
  /** Whether the services run, and are only ill, when it begins. */
  running: boolean;
}

/** Far more than a plan needs: a rehearsal that does not end is a defect. */
const MOST_TURNS = 50;
const MOMENT = new Date(0);
const LEASE = { holds: () => true, renewed: async () => {} };

/**
 * Plays a plan once, with one fault, by the engine's own runner: what it decides here it decides in earnest. Conditions
 * hold, approvals are given, delays are not waited for, and the recovery as a whole is tried once.
 */
export async function play(plan: Plan, fault: Fault, { actions, running }: PlayPorts): Promise<Ending> {
  const world = createWorld(running);
  const failing = failingStep(plan.steps, fault);
  const { hands, effects, done } = createStandIns(fault, failing, actions, world);
  const undoOf = createUndoOf(actions);
  const kept: { snapshot: Snapshot } = { snapshot: begun(plan) };
  let died: number | undefined;
  let crashed = false;
  const ports: RunnerPorts = {
    worker: { id: 'rehearsal', host: '', pid: 0, startedAt: '', pools: poolsOf(plan), version: '' },
    store: { commit: commitTo(kept) },
    dispatcher: { wake() {}, changed() {}, cancel() {} },
    now: () => MOMENT,
    hands: () => hands,
    undoOf,
    gate: async () => ({ pass: true }),
    oldProcesses: async () => 'gone',
    log: complain,
    reach(point, { step }) {
      if (point !== 'after_intent' || fault.kind !== 'crash' || crashed) return;
      if (stepAt(kept.snapshot, step).id !== fault.step) return;
      crashed = true;
      died = step;
      throw new LostLease('abandoned');
    },
  };
  const never = new AbortController().signal;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    await drive({ snapshot: kept.snapshot }, ports, LEASE, never).done;
    if (died !== undefined) {
      if (fault.kind === 'crash' && fault.seen !== 'not_done') await done(stepAt(kept.snapshot, died));
      died = undefined;
      continue;
    }
    const { state } = kept.snapshot.recovery;
    if (isTerminal(state) || state === 'AWAITING_MANUAL') return endingOf(kept.snapshot, fault, effects, undoOf);
  }
  throw new Error(`the rehearsal of ${plan.name} does not end`);
}

/** For an undo to fail there must be one: then the last step that leads to a rollback fails, too. */
function failingStep(steps: readonly PlannedStep[], fault: Fault): string | undefined {
  if (fault.kind === 'fails') return fault.step;
  if (fault.kind !== 'undo_fails') return undefined;
  return steps.findLast(({ onFailure, id }) => onFailure === 'rollback' && id !== fault.step)?.id;
}

/** The runner gives a defect to a person and says so; a rehearsal has nobody to give it to. */
const complain: Log = (level, message, facts) => {
  if (level === 'error') throw new Error(`${message}: ${String(facts?.error)}`);
};

function commitTo(kept: { snapshot: Snapshot }): RecoveryStore['commit'] {
  return async ({ after }) => {
    const version = after.recovery.version + 1;
    const revision = after.recovery.revision + 1;
    kept.snapshot = { ...after, recovery: { ...after.recovery, version, revision } };
    return { ok: true, version, revision, cancelBy: null };
  };
}

function stepAt({ steps }: Snapshot, position: number): RecoveryStep {
  const step = steps.find((candidate) => candidate.position === position);
  if (!step) throw new Error(`the rehearsal has no step at position ${position}`);
  return step;
}

function poolsOf({ steps }: Plan): string[] {
  return [...new Set(['default', ...steps.map(({ pool }) => pool)])];
}

function begun(plan: Plan): Snapshot {
  const { recovery, steps } = unbegun(plan, { by: 'rehearsal', at: MOMENT });
  return { recovery, steps: steps.map(inRehearsal) };
}

function inRehearsal(step: RecoveryStep): RecoveryStep {
  return {
    ...step,
    verify: step.verify && { ...step.verify, action: asVerify(step.verify.action) },
    when: null,
    approval: 'never',
    retry: { ...step.retry, initialDelayMs: 0, maxDelayMs: 0 },
  };
}
