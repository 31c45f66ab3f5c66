import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import type { KubernetesPlace } from '../../engine/model/service.js';
import { type Cluster, createClusters } from '../../engine/runtimes/kubernetes/cluster.js';
import { inWords, KINDS } from '../../engine/runtimes/kubernetes/place.js';
import { findWorkload } from '../../engine/runtimes/kubernetes/workload.js';
import type { Check, Finding } from './finding.js';
import type { Patient } from './patient.js';
import { reasonOf } from './reason.js';

const about = 'kubernetes';

/** The clusters of the services that are configured: that they answer, that the services are there, and what is allowed. */
export function checkKubernetes({ environment, config }: Patient): Check {
  return async (signal) => {
    // As many questions as there are services wait for it at once.
    setMaxListeners(0, signal);
    const places = config?.services.flatMap(({ kubernetes }) => kubernetes ?? []) ?? [];
    const clusters = createClusters(environment.KUBECONFIG);
    const contexts = [...new Set(places.map(({ context }) => context))];
    const found = await Promise.all(
      contexts.map((context) =>
        checkCluster(
          clusters(context),
          places.filter((place) => place.context === context),
          signal,
        ),
      ),
    );
    return found.flat();
  };
}

const version = z.object({ gitVersion: z.string() });

async function checkCluster(
  cluster: Cluster,
  places: readonly KubernetesPlace[],
  signal: AbortSignal,
): Promise<Finding[]> {
  try {
    const { gitVersion } = await cluster.ask('tell its version', { path: '/version' }, version, signal);
    const answers: Finding = { state: 'ok', about, what: `${await cluster.where()} answers, ${gitVersion}` };
    return [answers, ...(await Promise.all(places.map((place) => checkPlace(cluster, place, signal)))).flat()];
  } catch (error) {
    const mend = 'Correct KUBECONFIG, or start what it leads to.';
    return [{ state: 'broken', about, what: reasonOf(error), mend }];
  }
}

/** What strategies need; what is beside that, such as Secrets for snapshots, is told where it is missed. */
const NEEDED = (place: KubernetesPlace) => [
  { group: 'apps', resource: KINDS[place.kind].plural, verbs: ['get', 'update'] },
  { group: 'apps', resource: place.kind === 'deployment' ? 'replicasets' : 'controllerrevisions', verbs: ['list'] },
  { group: '', resource: 'pods', verbs: ['list', 'delete'] },
  { group: '', resource: 'events', verbs: ['list'] },
];

async function checkPlace(cluster: Cluster, place: KubernetesPlace, signal: AbortSignal): Promise<Finding[]> {
  const name = inWords(place);
  try {
    const asked = NEEDED(place).flatMap(({ verbs, ...of }) => verbs.map((verb) => ({ ...of, verb })));
    const allowed = await Promise.all(
      asked.map((one) => mayI(cluster, { ...one, namespace: place.namespace }, signal)),
    );
    const missing = asked.filter((_, index) => !allowed[index]).map(({ verb, resource }) => `${verb} ${resource}`);
    if (missing.length > 0) {
      const what = `${name}: Reviver may not ${missing.join(', ')}`;
      return [{ state: 'broken', about, what, mend: 'Apply deploy/kubernetes/rbac.yaml in its namespace.' }];
    }
    if (await findWorkload(cluster, place, signal)) return [{ state: 'ok', about, what: `${name} is there` }];
    const mend = 'Deploy it, or correct namespace, kind and name.';
    return [{ state: 'warning', about, what: `there is no ${name}`, mend }];
  } catch (error) {
    return [{ state: 'broken', about, what: reasonOf(error), mend: 'See what the cluster says of it.' }];
  }
}

const review = z.object({ status: z.object({ allowed: z.boolean() }) });

async function mayI(
  cluster: Cluster,
  resourceAttributes: { group: string; resource: string; verb: string; namespace: string },
  signal: AbortSignal,
): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const { status } = await cluster.ask('tell what is allowed', { method: 'POST', path, body }, review, signal);
  return status.allowed;
}
