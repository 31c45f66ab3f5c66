import type { KubernetesPlace } from '../../model/service.js';
import type { Cluster } from './cluster.js';
import { deletePod } from './delete-pod.js';
import { madeBy, marked, replacedPods } from './marks.js';
import { isTurnedOff, podsInWords } from './place.js';
import { turnedOn } from './power.js';
import { type Goal, isSeen, rolledOut } from './progress.js';
import { inDoubt } from './refusal.js';
import { alive } from './status.js';
import { until } from './wait.js';
import { change, type Seen, see } from './workload.js';

/**
 * Deletes all pods at once, and waits for the new ones, which the cluster makes from the definition. Which pods are to go is
 * written down first: a second attempt of the step deletes what is left of them, and never a new one.
 */
export async function recreateAll(
  cluster: Cluster,
  place: KubernetesPlace,
  by: string,
  signal: AbortSignal,
): Promise<Seen> {
  const { pods } = await see(cluster, place, signal);
  const there = alive(pods).map(({ metadata }) => metadata.uid);
  const planned = await change(
    cluster,
    place,
    'make anew the pods of',
    (found) => {
      if (madeBy(found) === by) return undefined;
      const on = isTurnedOff(place.kind, found) ? turnedOn(place, found) : found;
      return marked(on, { by, replaces: there });
    },
    signal,
  );
  const old = replacedPods(planned);
  await inDoubt(async () => {
    for (const pod of (await see(cluster, place, signal)).pods)
      if (old.has(pod.metadata.uid) && !pod.metadata.deletionTimestamp) await deletePod(cluster, pod, {}, signal);
  });
  return until(renewed, cluster, place, signal);
}

/** None of the pods that were to go is left, and the new ones are ready. */
export const renewed: Goal = (kind, seen) => {
  if (!isSeen(seen)) return rolledOut(kind, seen);
  const old = replacedPods(seen.workload);
  const left = alive(seen.pods).filter(({ metadata }) => old.has(metadata.uid)).length;
  return left > 0 ? `${podsInWords(left)} of before still to end` : rolledOut(kind, seen);
};
