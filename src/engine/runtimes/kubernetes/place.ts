import type { KubernetesPlace } from '../../model/service.js';
import type { Workload } from './schema.js';

export type Kind = KubernetesPlace['kind'];

/** Pods of a workload, counted by the cluster itself. */
export interface Counts {
  desired: number;
  /** Also those of an older template. */
  there: number;
  updated: number;
  ready: number;
}

interface KindOf {
  plural: string;
  /** As a manifest says it. */
  title: string;
  counts(workload: Workload): Counts;
  /** It is told how many there shall be; otherwise each node has one. */
  sized: boolean;
}

const replicas: KindOf['counts'] = ({ spec, status }) => ({
  desired: spec.replicas ?? 1,
  there: status.replicas ?? 0,
  updated: status.updatedReplicas ?? 0,
  ready: status.readyReplicas ?? 0,
});

/** One line a number, since the kinds call them differently. */
export const KINDS: Record<Kind, KindOf> = {
  deployment: {
    plural: 'deployments',
    title: 'Deployment',
    sized: true,
    counts: replicas,
  },
  statefulset: {
    plural: 'statefulsets',
    title: 'StatefulSet',
    sized: true,
    counts: replicas,
  },
  daemonset: {
    plural: 'daemonsets',
    title: 'DaemonSet',
    sized: false,
    counts: ({ status }) => ({
      desired: status.desiredNumberScheduled ?? 0,
      there: status.currentNumberScheduled ?? 0,
      updated: status.updatedNumberScheduled ?? 0,
      ready: status.numberReady ?? 0,
    }),
  },
};

/** `deployment shop/web`. */
export function inWords({ kind, namespace, name }: KubernetesPlace): string {
  return `${kind} ${namespace}/${name}`;
}

/** `1 pod`, `3 pods`. */
export function podsInWords(count: number): string {
  return `${count} ${count === 1 ? 'pod' : 'pods'}`;
}

export function pathOf({ kind, namespace, name }: KubernetesPlace): string {
  return `/apis/apps/v1/namespaces/${namespace}/${KINDS[kind].plural}/${name}`;
}

/** What somebody wants is nothing, whatever still runs. */
export function isTurnedOff(kind: Kind, { spec }: Workload): boolean {
  if (KINDS[kind].sized) return (spec.replicas ?? 1) === 0;
  return spec.template.spec.nodeSelector?.['reviver.stopped'] !== undefined;
}
