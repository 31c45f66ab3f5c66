import type { KubernetesPlace } from '../../model/service.js';
import type { Deed, Proof } from '../runtime.js';
import { madeBy } from './marks.js';
import { isTurnedOff } from './place.js';
import { type Goal, isGone, rolledOut, runs } from './progress.js';
import { renewed } from './recreate.js';
import { statusOf } from './status.js';
import type { Seen } from './workload.js';

/** What there must be, and whether it must be the step itself that has asked for it. */
const DEEDS: Record<Deed, { goal: Goal; off: boolean; marks: boolean }> = {
  stop: { goal: isGone, off: true, marks: false },
  start: { goal: runs, off: false, marks: false },
  restart: { goal: rolledOut, off: false, marks: true },
  recreate: { goal: renewed, off: false, marks: true },
  restore: { goal: rolledOut, off: false, marks: true },
};

/** Whether the deed of a step is there: asked for, by its mark where that counts, and carried out by the cluster. */
export function proofOf(deed: Deed, by: string, place: KubernetesPlace, seen: Seen | undefined): Proof {
  const now = statusOf(place, seen);
  if (!seen) return { outcome: 'not_done', evidence: now.summary, now };
  const { goal, off, marks } = DEEDS[deed];
  const own = madeBy(seen.workload) === by;
  if (marks && !own) return { outcome: 'not_done', evidence: `it has no mark of this step: ${now.summary}`, now };
  if (isTurnedOff(place.kind, seen.workload) !== off)
    return { outcome: 'not_done', evidence: `it is told to ${off ? 'run' : 'stay stopped'}: ${now.summary}`, now };
  const missing = goal(place.kind, seen);
  const mark = marks ? 'it has the mark of this step, and ' : '';
  return missing === undefined
    ? { outcome: 'done', evidence: `${mark}${now.summary}`, now }
    : { outcome: 'not_done', evidence: `${mark}${missing}`, now };
}
