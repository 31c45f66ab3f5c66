import type { RecoveryStep } from '../model/recovery.js';
import type { DriveTrace } from '../tracing/drive-trace.js';
import { type AbortCode, Aborted, type Attempt, attempt } from './attempt.js';
import type { ReachCrashPoint } from './crash-points.js';

export interface Ended {
  position: number;
  attempt: Attempt;
}

/** The steps whose effects are under way in this process, each with its own way to be told to stop. */
export interface RunningSteps {
  size(): number;
  launch(step: RecoveryStep, leftMs: number): void;
  /** The next one that ends, which is taken out. */
  next(): Promise<Ended>;
  abort(code: AbortCode): void;
  /** Resolves when nothing runs any more. */
  allEnded(): Promise<void>;
}

export function createRunningSteps(recovery: number, trace: DriveTrace, reach: ReachCrashPoint): RunningSteps {
  const running = new Map<number, { controller: AbortController; ended: Promise<Ended> }>();
  return {
    size: () => running.size,

    launch(step, leftMs) {
      const controller = new AbortController();
      const where = { recovery, step: step.position };
      const undo = step.kind === 'undo';
      reach(undo ? 'undo_after_intent' : 'after_intent', where);
      const work = () => attempt(step, trace.hands, controller, limitOf(step, leftMs));
      const ended = trace.step(step, work).then((outcome) => {
        reach(undo ? 'undo_before_commit' : 'before_commit', where);
        return { position: step.position, attempt: outcome };
      });
      running.set(step.position, { controller, ended });
    },

    async next() {
      const first = await Promise.race([...running.values()].map((one) => one.ended));
      running.delete(first.position);
      return first;
    },

    abort(code) {
      for (const { controller } of running.values()) controller.abort(new Aborted(code, code));
    },

    async allEnded() {
      await Promise.allSettled([...running.values()].map((one) => one.ended));
    },
  };
}

/** The step's own time, or what is left of the recovery's, whichever is less. */
function limitOf(step: RecoveryStep, leftMs: number): { ms: number; code: 'timeout' | 'recovery_timeout' } {
  if (leftMs < step.timeoutMs) return { ms: Math.max(1, leftMs), code: 'recovery_timeout' };
  return { ms: step.timeoutMs, code: 'timeout' };
}
