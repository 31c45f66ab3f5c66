import type { KubernetesPlace } from '../../model/service.js';
import type { Cluster } from './cluster.js';
import { deletePod } from './delete-pod.js';
import { isSeen } from './progress.js';
import { isReady } from './stall.js';
import { until } from './wait.js';
import type { Seen } from './workload.js';

/**
 * A StatefulSet waits for a pod that is not ready before it replaces it, which may be for ever. Source: Kubernetes
 * documentation, StatefulSets, "Forced rollback".
 */
export async function unstick(cluster: Cluster, place: KubernetesPlace, signal: AbortSignal): Promise<void> {
  const begun = (_kind: unknown, seen: Seen): string | undefined => (isSeen(seen) ? undefined : 'it has not begun');
  const { workload, pods } = await until(begun, cluster, place, signal);
  const stuck = pods.filter(
    (pod) =>
      !isReady(pod) &&
      !pod.metadata.deletionTimestamp &&
      pod.metadata.labels['controller-revision-hash'] !== workload.status.updateRevision,
  );
  for (const pod of stuck) await deletePod(cluster, pod, {}, signal);
}
