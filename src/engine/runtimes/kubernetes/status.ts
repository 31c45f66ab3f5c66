import { createHash } from 'node:crypto';
import type { KubernetesPlace } from '../../model/service.js';
import type { RuntimeStatus } from '../runtime.js';
import { madeBy } from './marks.js';
import { inWords, isTurnedOff, KINDS, podsInWords } from './place.js';
import type { Pod } from './pod-schema.js';
import type { Workload } from './schema.js';
import type { Seen } from './workload.js';

/** Several pods are one service: it runs when there is one, and another pod or a restart in one makes another instance. */
export function statusOf(place: KubernetesPlace, seen: Seen | undefined): RuntimeStatus {
  const name = inWords(place);
  if (!seen) return { status: 'missing', instance: null, summary: `no ${name}`, facts: {} };
  const { workload } = seen;
  const pods = alive(seen.pods);
  const { desired, ready, updated } = KINDS[place.kind].counts(workload);
  const facts = {
    desired,
    ready,
    updated,
    pods: pods.length,
    restarts: pods.reduce((sum, pod) => sum + restartsOf(pod), 0),
    image: imagesOf(workload).join(', '),
    generation: workload.metadata.generation,
    ...(madeBy(workload) === undefined ? {} : { made_by: madeBy(workload) ?? '' }),
  };
  const off = isTurnedOff(place.kind, workload);
  if (pods.length === 0) {
    const why = off
      ? KINDS[place.kind].sized
        ? 'scaled to 0'
        : 'stopped on all nodes'
      : `0 of ${podsInWords(desired)}`;
    return { status: 'stopped', instance: null, summary: `${name} (${why})`, facts };
  }
  const how = off ? `${pods.length} still ending` : `${ready} of ${podsInWords(desired)} ready`;
  return { status: 'running', instance: instanceOf(pods), summary: `${name} (${how})`, facts };
}

/** Pods that have ended stay listed where they were evicted. */
export function alive(pods: readonly Pod[]): Pod[] {
  return pods.filter(({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed');
}

export function restartsOf({ status }: Pod): number {
  return (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

export function imagesOf({ spec }: Pick<Workload, 'spec'>): string[] {
  return spec.template.spec.containers.flatMap(({ image }) => image ?? []);
}

function instanceOf(pods: readonly Pod[]): string {
  const starts = pods.map((pod) => `${pod.metadata.uid}/${restartsOf(pod)}`).sort();
  return createHash('sha256').update(starts.join('\n')).digest('hex').slice(0, 16);
}
