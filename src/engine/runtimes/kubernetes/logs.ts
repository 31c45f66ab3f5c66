import type { KubernetesPlace } from '../../model/service.js';
import type { Cluster } from './cluster.js';
import type { Pod } from './pod-schema.js';
import { newestFirst } from './stall.js';
import { see } from './workload.js';

/** The last lines of the newest pod's first container; of its life before, when it does not run. */
export async function lastLines(cluster: Cluster, place: KubernetesPlace, lines: number): Promise<string[]> {
  const { pods } = await see(cluster, place);
  // One that never came to run has printed nothing, and the cluster refuses to say so.
  const newest = pods.sort(newestFirst).find(hasRun);
  if (!newest) return [];
  const { namespace, name } = newest.metadata;
  const [container] = newest.status.containerStatuses ?? [];
  const previous = container?.state.running === undefined && (container?.restartCount ?? 0) > 0;
  const text = await cluster.text(`read the log of pod ${namespace}/${name}`, {
    path: `/api/v1/namespaces/${namespace}/pods/${name}/log`,
    query: { tailLines: lines, ...(container ? { container: container.name } : {}), ...(previous ? { previous } : {}) },
    accept: '*/*',
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-lines);
}

function hasRun({ status }: Pod): boolean {
  const [container] = status.containerStatuses ?? [];
  return container !== undefined && (container.state.waiting === undefined || container.restartCount > 0);
}
