import { ActionError } from '../../actions/action.js';
import type { KubernetesPlace, Service } from '../../model/service.js';
import type { Runtime, RuntimeStatus } from '../runtime.js';
import { chooseReplicas } from '../size.js';
import type { Cluster } from './cluster.js';
import { marked } from './marks.js';
import { inWords, KINDS, podsInWords } from './place.js';
import { isGone, runs } from './progress.js';
import { statusOf } from './status.js';
import { until } from './wait.js';
import { change, readWorkload } from './workload.js';

/** Replicas. A DaemonSet has one pod a node, and no size of its own. */
export function kubernetesScale(
  service: Service,
  place: KubernetesPlace,
  cluster: Cluster,
): NonNullable<Runtime['scale']> {
  return {
    now: async (signal) => ({ replicas: KINDS[place.kind].counts(await readWorkload(cluster, place, signal)).desired }),
    choose(now, wish) {
      if (!KINDS[place.kind].sized) throw oneANode(place);
      return chooseReplicas(service.name, now, wish);
    },
    to: ({ replicas = 1 }, signal) => scaleTo(cluster, place, replicas, signal),
  };
}

/** Resolves when so many pods run, which may be none. */
export async function scaleTo(
  cluster: Cluster,
  place: KubernetesPlace,
  replicas: number,
  signal: AbortSignal,
  by?: string,
): Promise<RuntimeStatus> {
  if (!KINDS[place.kind].sized) throw oneANode(place);
  const edit: Parameters<typeof change>[3] = (found) =>
    found.spec.replicas === replicas
      ? undefined
      : marked(
          { ...found, spec: { ...found.spec, replicas } },
          // As after a stop: whoever starts it wants what there was.
          { ...(by === undefined ? {} : { by }), ...(replicas === 0 ? { size: found.spec.replicas ?? 1 } : {}) },
        );
  await change(cluster, place, `give ${replicas} replicas to`, edit, signal);
  const goal: typeof runs = (kind, seen) => {
    const { desired, there } = KINDS[kind].counts(seen.workload);
    return (
      (replicas === 0 ? isGone : runs)(kind, seen) ??
      (there > desired ? `${podsInWords(there - desired)} still to end` : undefined)
    );
  };
  return statusOf(place, await until(goal, cluster, place, signal));
}

function oneANode(place: KubernetesPlace): ActionError {
  return new ActionError(
    `${inWords(place)} has one pod on each node, so it cannot be scaled. Nothing was changed; add or remove nodes.`,
    { code: 'not_possible', retryable: false },
  );
}
