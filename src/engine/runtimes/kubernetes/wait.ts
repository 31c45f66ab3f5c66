import { setTimeout as delay } from 'node:timers/promises';
import { ActionError } from '../../actions/action.js';
import type { KubernetesPlace } from '../../model/service.js';
import type { Cluster } from './cluster.js';
import { inWords } from './place.js';
import type { ClusterEvent } from './pod-schema.js';
import { type Goal, isSeen } from './progress.js';
import { inDoubt, isAway } from './refusal.js';
import { type Revision, revisionsOf } from './revisions.js';
import { type Stall, whyNotReady } from './stall.js';
import { type Seen, see, warnings } from './workload.js';

const LOOK_EVERY_MS = 500;
const AWAY_FOR_MS = 20_000;
/** A step that was told to stop has seconds left: for one look at the reason. */
const LAST_LOOK_MS = 2_000;

/**
 * Waits until the cluster has done what was asked of it. When it cannot, such as for want of an image, or when the time of
 * the step is over, it is an `ActionError` that says why, and what is there now. When the cluster itself is away for long,
 * nothing is known (`inDoubt`).
 */
export function until(
  goal: Goal,
  cluster: Cluster,
  place: KubernetesPlace,
  signal: AbortSignal,
  clock: () => number = () => performance.now(),
): Promise<Seen> {
  return inDoubt(() => wait(goal, cluster, place, signal, clock));
}

async function wait(
  goal: Goal,
  cluster: Cluster,
  place: KubernetesPlace,
  signal: AbortSignal,
  clock: () => number,
): Promise<Seen> {
  let since: { why: string; at: number } | undefined;
  let missing = '';
  let awaySince: number | undefined;
  let seen: Seen | undefined;
  try {
    for (;;) {
      const now = await lookedAt(cluster, place, signal);
      awaySince = now.away ? (awaySince ?? clock()) : undefined;
      if (now.away && awaySince !== undefined && clock() - awaySince >= AWAY_FOR_MS) throw now.away;
      if (now.away) {
        await delay(LOOK_EVERY_MS, undefined, { signal });
        continue;
      }
      seen = now.seen;
      const left = goal(place.kind, seen);
      if (left === undefined) return seen;
      missing = left;
      const stall = await stallOf(cluster, place, seen, signal);
      const cause = stall && causeOf(stall);
      if (cause === undefined) since = undefined;
      else if (since?.why !== cause) since = { why: cause, at: clock() };
      if (stall && since && clock() - since.at >= stall.patienceMs) throw await stalled(cluster, place, seen, missing);
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted && seen) throw await stalled(cluster, place, seen, missing);
    throw error;
  }
}

/** An API server that is started anew is away for seconds. */
async function lookedAt(
  cluster: Cluster,
  place: KubernetesPlace,
  signal: AbortSignal,
): Promise<{ seen: Seen; away?: never } | { away: ActionError }> {
  try {
    return { seen: await see(cluster, place, signal) };
  } catch (error) {
    if (isAway(error)) return { away: error };
    throw error;
  }
}

async function stallOf(
  cluster: Cluster,
  place: KubernetesPlace,
  seen: Seen,
  signal: AbortSignal,
): Promise<Stall | undefined> {
  // Most of the time there is nothing to tell, and nothing more is asked.
  if (!isSeen(seen) || !whyNotReady(seen.workload, seen.pods)) return undefined;
  const [now] = await revisionsOf(cluster, place, seen.workload, signal);
  return whyNotReady(seen.workload, seen.pods, { hash: now?.hash });
}

/** A pod in its place with the same trouble is the same trouble; between two crashes there is a moment without. */
function causeOf({ why, patienceMs }: Stall): string | undefined {
  return Number.isFinite(patienceMs) ? why.replace(/^pod \S+ /, '').replace(/\(.*/s, '') : undefined;
}

async function stalled(cluster: Cluster, place: KubernetesPlace, seen: Seen, missing: string): Promise<ActionError> {
  const signal = AbortSignal.timeout(LAST_LOOK_MS);
  const [events, [now]] = await Promise.all([
    warnings(cluster, place.namespace, signal).catch((): ClusterEvent[] => []),
    revisionsOf(cluster, place, seen.workload, signal).catch((): Revision[] => []),
  ]);
  const why = whyNotReady(seen.workload, seen.pods, { events, hash: now?.hash })?.why;
  return new ActionError(`${inWords(place)}: ${missing}${why ? `; ${why}` : ''}. It stays as it is now.`, {
    code: 'rollout_stalled',
    facts: { missing, ...(why === undefined ? {} : { why }) },
  });
}
