import type { KubernetesPlace } from '../../model/service.js';
import type { Cluster } from '../../runtimes/kubernetes/cluster.js';
import { statusOf } from '../../runtimes/kubernetes/status.js';
import { type Seen, see } from '../../runtimes/kubernetes/workload.js';
import { type ActionContext, ActionError } from '../action.js';

/** Where a service is in its cluster. */
export interface Located {
  cluster: Cluster;
  place: KubernetesPlace;
}

export function workloadOf(service: string, ctx: Pick<ActionContext, 'service' | 'clusters'>): Located {
  const { runtime, kubernetes: place } = ctx.service(service);
  if (runtime === 'kubernetes' && place) return { cluster: ctx.clusters(place.context), place };
  throw new ActionError(
    `${service} has the runtime ${runtime}, so it is no workload of a cluster; nothing was changed.`,
    { code: 'not_in_kubernetes', retryable: false },
  );
}

export async function seeService(service: string, ctx: ActionContext): Promise<Located & { seen: Seen }> {
  const located = workloadOf(service, ctx);
  return { ...located, seen: await see(located.cluster, located.place, ctx.signal) };
}

export function summaryOf(place: KubernetesPlace, seen: Seen): string {
  return statusOf(place, seen).summary;
}
