import { KINDS, type Kind, podsInWords } from './place.js';
import type { Pod } from './pod-schema.js';
import { isReady } from './stall.js';
import { alive } from './status.js';
import type { Seen } from './workload.js';

/** How far the cluster is with what was asked of it; `undefined`: it is there. Otherwise what is missing, for people. */
export type Goal = (kind: Kind, seen: Seen) => string | undefined;

/** As `kubectl rollout status` tells it: all pods are of the present template and ready, and no older one is left. */
export const rolledOut: Goal = (kind, seen) => {
  if (!isSeen(seen)) return NOT_BEGUN;
  const { workload } = seen;
  const { desired, there, updated } = KINDS[kind].counts(workload);
  const wanted = desired - (workload.spec.updateStrategy?.rollingUpdate?.partition ?? 0);
  if (updated < wanted) return `${updated} of ${podsInWords(wanted)} new`;
  if (there > desired) return `${podsInWords(there - desired)} still to end`;
  // Counted here: the cluster's own numbers lag behind a pod that was deleted.
  const ready = seen.pods.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length;
  if (ready < desired) return `${ready} of ${podsInWords(desired)} ready`;
  return undefined;
};

/** As many pods as wanted run; not yet that they are ready. */
export const runs: Goal = (kind, seen) => {
  if (!isSeen(seen)) return NOT_BEGUN;
  const { desired } = KINDS[kind].counts(seen.workload);
  const running = alive(seen.pods).filter(isRunning).length;
  return running >= Math.max(1, desired) ? undefined : `${running} of ${podsInWords(Math.max(1, desired))} running`;
};

export const isGone: Goal = (_kind, seen) => {
  if (!isSeen(seen)) return NOT_BEGUN;
  const left = alive(seen.pods).length;
  return left === 0 ? undefined : `${podsInWords(left)} still there`;
};

/** The numbers are of what was asked for last, not of before. */
export function isSeen({ workload: { metadata, status } }: Seen): boolean {
  return (status.observedGeneration ?? 0) >= metadata.generation;
}

const NOT_BEGUN = 'the cluster has not begun';

function isRunning({ metadata, status }: Pod): boolean {
  const containers = status.containerStatuses ?? [];
  return (
    !metadata.deletionTimestamp && containers.length > 0 && containers.every(({ state }) => state.running !== undefined)
  );
}
