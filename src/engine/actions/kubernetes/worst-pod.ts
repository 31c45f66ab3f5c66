import type { Pod } from '../../runtimes/kubernetes/pod-schema.js';
import { isReady } from '../../runtimes/kubernetes/stall.js';
import { alive, restartsOf } from '../../runtimes/kubernetes/status.js';

/**
 * The pod that is worst off: one that is not ready, of those the one with the most restarts, then the oldest; one that is
 * ending already is the last choice. undefined: all are ready, so that none is worse than another.
 */
export function worstPod(pods: readonly Pod[]): Pod | undefined {
  const ill = alive(pods).filter((pod) => !isReady(pod));
  return [...ill].sort(
    (a, b) => ending(a) - ending(b) || restartsOf(b) - restartsOf(a) || since(a).localeCompare(since(b)),
  )[0];
}

function ending({ metadata }: Pod): number {
  return metadata.deletionTimestamp ? 1 : 0;
}

function since({ metadata }: Pod): string {
  return metadata.creationTimestamp ?? '';
}
