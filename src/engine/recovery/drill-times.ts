import type { Snapshot } from '../model/recovery.js';
import { DRILL_STEPS } from '../planner/drill.js';

/** What a drill has measured, in milliseconds. */
export interface DrillTimes {
  /** From the moment when the service was broken until the monitor said so. Absent: it did not, or not yet. */
  toNoticeMs?: number;
  /** From then until it was verified to be well again. Absent: the plan did not bring it back. */
  toRecoverMs?: number;
}

/** undefined: it is no drill, or nothing has been broken yet. */
export function drillTimes({ recovery, steps }: Snapshot): DrillTimes | undefined {
  const end = (id: string) => {
    const step = steps.find((one) => one.kind === 'do' && one.id === id);
    return step?.state === 'succeeded' ? (step.endedAt ?? undefined) : undefined;
  };
  const brokenAt = recovery.plan.drill ? end(DRILL_STEPS.broken) : undefined;
  if (!brokenAt) return undefined;
  const noticedAt = end(DRILL_STEPS.noticed);
  if (!noticedAt) return {};
  const back = recovery.state === 'SUCCEEDED' ? recovery.endedAt : null;
  return { toNoticeMs: +noticedAt - +brokenAt, ...(back ? { toRecoverMs: +back - +noticedAt } : {}) };
}
