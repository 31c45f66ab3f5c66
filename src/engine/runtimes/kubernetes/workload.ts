import { setTimeout as delay } from 'node:timers/promises';
import { ActionError } from '../../actions/action.js';
import type { KubernetesPlace } from '../../model/service.js';
import type { Cluster } from './cluster.js';
import { inWords, pathOf } from './place.js';
import { type ClusterEvent, event, type Pod, pod } from './pod-schema.js';
import { isConflict, isMissing } from './refusal.js';
import { listOf, type Workload, workload } from './schema.js';
import { ownPods, selectorText } from './selector.js';

/** A workload and its pods, as they were one right after the other. */
export interface Seen {
  workload: Workload;
  pods: Pod[];
}

export async function findWorkload(
  cluster: Cluster,
  place: KubernetesPlace,
  signal?: AbortSignal,
): Promise<Workload | undefined> {
  try {
    return await cluster.ask(`read ${inWords(place)}`, { path: pathOf(place) }, workload, signal);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export async function readWorkload(cluster: Cluster, place: KubernetesPlace, signal?: AbortSignal): Promise<Workload> {
  const found = await findWorkload(cluster, place, signal);
  if (found) return found;
  throw new ActionError(
    `There is no ${inWords(place)} in the cluster ${await cluster.where()}; nothing was changed. Deploy it, or bring it back from a snapshot (restore_snapshot).`,
    { code: 'missing', retryable: false },
  );
}

export async function podsOf(
  cluster: Cluster,
  place: KubernetesPlace,
  found: Workload,
  signal?: AbortSignal,
): Promise<Pod[]> {
  const { items } = await cluster.ask(
    `list the pods of ${inWords(place)}`,
    {
      path: `/api/v1/namespaces/${place.namespace}/pods`,
      query: { labelSelector: selectorText(found.spec.selector) },
    },
    listOf(pod),
    signal,
  );
  return ownPods(place.kind, found, items);
}

export async function see(cluster: Cluster, place: KubernetesPlace, signal?: AbortSignal): Promise<Seen> {
  const found = await readWorkload(cluster, place, signal);
  return { workload: found, pods: await podsOf(cluster, place, found, signal) };
}

/** What the cluster told of these objects, the latest last. */
export async function warnings(cluster: Cluster, namespace: string, signal?: AbortSignal): Promise<ClusterEvent[]> {
  const { items } = await cluster.ask(
    `list the events of ${namespace}`,
    { path: `/api/v1/namespaces/${namespace}/events`, query: { fieldSelector: 'type=Warning' } },
    listOf(event),
    signal,
  );
  const at = ({ lastTimestamp, eventTime }: ClusterEvent): string => lastTimestamp ?? eventTime ?? '';
  return items.sort((a, b) => (at(a) < at(b) ? -1 : 1));
}

const MOST_TRIES = 8;
const BETWEEN_TRIES_MS = 100;

/**
 * Writes what `edit` makes of the workload as it is now; undefined: it is as it should be. When somebody else, such as a
 * controller, was quicker, it is read anew.
 */
export async function change(
  cluster: Cluster,
  place: KubernetesPlace,
  what: string,
  edit: (found: Workload) => Workload | undefined,
  signal: AbortSignal,
): Promise<Workload> {
  for (let tries = 1; ; tries += 1) {
    const found = await readWorkload(cluster, place, signal);
    const wanted = edit(found);
    if (!wanted) return found;
    try {
      const request = { method: 'PUT', path: pathOf(place), body: wanted } as const;
      return await cluster.ask(`${what} ${inWords(place)}`, request, workload, signal);
    } catch (error) {
      if (!isConflict(error) || tries === MOST_TRIES) throw error;
      await delay(BETWEEN_TRIES_MS * tries, undefined, { signal });
    }
  }
}
