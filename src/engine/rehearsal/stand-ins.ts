import { type Action, type ActionContext, ActionError, type ProbeResult } from '../actions/action.js';
import type { RecoveryStep } from '../model/recovery.js';
import type { Hands } from '../recovery/attempt.js';
import { createUndoOf } from '../recovery/undo-of.js';
import type { Fault } from './fault.js';
import type { World } from './world.js';

/** Actions that reach outside through the runtime alone: they run as they are, on the world's services. */
const REAL = new Set(['stop_service', 'start_service', 'restart_service', 'recreate_service']);

const VERIFY = 'verify:';

/** Marks a step's verify, so that it is told apart from the step itself. */
export function asVerify(action: string): string {
  return VERIFY + action;
}

/** What a step did to the world. */
export interface Effect {
  /** Until its undo has run. */
  there: boolean;
  /** When it was done first, there was something that could undo it: a later attempt may not see that any more. */
  undoable: boolean;
}

/** By the position of the step. */
export type Effects = Map<number, Effect>;

export interface StandIns {
  hands: Hands;
  effects: Effects;
  /** What the step would have done until its worker died, when the fault lets it come so far. */
  done(step: RecoveryStep): Promise<void>;
}

/**
 * Actions that do nothing but what the fault says: effects are noted, failures are thrown, and a look after a crash sees
 * what the fault lets it see. Before-states and what undoes them are the actions' own.
 */
export function createStandIns(
  fault: Fault,
  failing: string | undefined,
  actions: ReadonlyMap<string, Action>,
  world: World,
): StandIns {
  const effects: Effects = new Map();
  const undoOf = createUndoOf(actions);
  const steps = new Map<string, RecoveryStep>();
  let lookedAfterCrash = false;

  const perform = async (name: string, step: RecoveryStep, ctx: ActionContext): Promise<void> => {
    const position = step.undoes ?? step.position;
    const undoable = effects.get(position)?.undoable ?? undoOf(step) !== undefined;
    effects.set(position, { there: step.kind === 'do', undoable });
    if (REAL.has(name)) await actionOf(name).run(step.input, ctx, step.before ?? {});
  };
  const actionOf = (name: string): Action => {
    const action = actions.get(name);
    if (!action) throw new Error(`the rehearsal has no action ${name}`);
    return action;
  };
  const seenOf = (step: RecoveryStep): ProbeResult['outcome'] => {
    if (fault.kind === 'crash' && fault.step === step.id && !lookedAfterCrash) {
      lookedAfterCrash = true;
      return fault.seen;
    }
    return effects.get(step.position)?.there ? 'done' : 'not_done';
  };

  return {
    effects,
    done: (step) => perform(step.action, step, contextOf(step, new AbortController().signal)),
    hands: {
      action: (name) =>
        name.startsWith(VERIFY) ? verifier(actionOf(name.slice(VERIFY.length))) : standIn(actionOf(name)),
      context: contextOf,
    },
  };

  function standIn(action: Action): Action {
    const { name, look, imagine, probe, ...rest } = action;
    return {
      ...rest,
      name,
      ...(REAL.has(name) && look ? { look } : imagine ? { look: async (input) => imagine(input) } : {}),
      async run(_, ctx) {
        const step = stepOf(ctx);
        const refused = refusalOf(step);
        // A failed undo has undone nothing; a failed step has done all that it could.
        if (!refused || step.kind === 'do') await perform(name, step, ctx);
        if (refused) throw new ActionError(refused, { code: 'rehearsed' });
        return { summary: 'rehearsed' };
      },
      ...(probe ? { probe: async (_, __, ctx) => ({ outcome: seenOf(stepOf(ctx)), evidence: 'rehearsed' }) } : {}),
    };
  }

  /** During a run it agrees, unless the fault is about it; after a crash it tells what is seen. */
  function verifier(action: Action): Action {
    return {
      ...action,
      async run(_, ctx) {
        const step = stepOf(ctx);
        if (fault.kind === 'verify_fails' && fault.step === step.id) throw new ActionError('the verify says no');
        const seen = fault.kind === 'crash' && fault.step === step.id && !lookedAfterCrash ? seenOf(step) : 'done';
        if (seen === 'unknown') throw new Error('the verify gives no answer');
        if (seen === 'not_done') throw new ActionError('the verify says no');
        return {};
      },
    };
  }

  function refusalOf(step: RecoveryStep): string | undefined {
    if (step.kind === 'do') return step.id === failing ? 'it fails' : undefined;
    const undone = fault.kind === 'undo_fails' && step.id === `undo_${fault.step}`;
    return undone ? 'undoing it fails' : undefined;
  }

  function stepOf({ runKey }: ActionContext): RecoveryStep {
    const step = steps.get(runKey);
    if (!step) throw new Error(`the rehearsal has no step ${runKey}`);
    return step;
  }

  function contextOf(step: RecoveryStep, signal: AbortSignal): ActionContext {
    const runKey = `rehearsal/${step.position}`;
    steps.set(runKey, step);
    return { ...NOWHERE, signal, runKey, mark: runKey, runtime: world.runtime };
  }
}

function outside(): never {
  throw new Error('a rehearsal reaches nothing outside');
}

/** A context in which there is nothing: only services of the world, which the caller adds. */
const NOWHERE: Omit<ActionContext, 'signal' | 'runKey' | 'mark' | 'runtime'> = {
  log() {},
  notify: async () => {},
  service: outside,
  services: () => [],
  monitored: outside,
  care: { list: outside, hasten: outside },
  docker: { ask: outside },
  clusters: outside,
  step: () => undefined,
  exec: outside,
  backups: { list: outside, begin: outside, opened: outside, data: outside, service: outside, names: outside },
  snapshots: { list: outside, take: outside, open: outside, prune: outside },
  breakers: { open: outside, reset: outside, look: outside },
  dataDir: '',
  now: () => new Date(0),
};
