import { z } from 'zod';
import { deletePod } from '../runtimes/kubernetes/delete-pod.js';
import { inWords, KINDS, podsInWords } from '../runtimes/kubernetes/place.js';
import type { Pod } from '../runtimes/kubernetes/pod-schema.js';
import type { Goal } from '../runtimes/kubernetes/progress.js';
import { isReady, whyNotReady } from '../runtimes/kubernetes/stall.js';
import { alive, restartsOf } from '../runtimes/kubernetes/status.js';
import { until } from '../runtimes/kubernetes/wait.js';
import type { Seen } from '../runtimes/kubernetes/workload.js';
import { ActionError } from './action.js';
import { NOBODY_LOOKED } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName, text } from './fields.js';
import { type Located, seeService } from './kubernetes/workload-of.js';
import { worstPod } from './kubernetes/worst-pod.js';

const beforeSchema = z.object({ pod: z.string(), uid: z.string() });

export const kubernetesDeletePod = defineAction({
  name: 'kubernetes_delete_pod',
  description:
    'Deletes one pod, by name or the one that is worst off; done when it is gone and another is in its place.',
  version: 1,
  input: z.strictObject({
    service: serviceName,
    pod: text('the name of a pod of this service').optional(),
    force: z.boolean({ error: 'true or false' }).optional(),
  }),
  shorthand: 'service',
  risk: ({ force }) => (force ? 0.5 : 0.2),
  // The pod's id is part of the request: another pod of its name is left alone.
  idempotent: false,
  timeoutMs: 2 * 60_000,
  services: ({ service }) => [service],
  title: ({ service, pod }) => (pod ? `Delete pod ${pod} of ${service}` : `Delete the worst pod of ${service}`),

  async look({ service, pod }, ctx) {
    const located = await seeService(service, ctx);
    const { metadata } = chosen(located, pod);
    return { pod: metadata.name, uid: metadata.uid, pods: located.seen.pods.length };
  },

  async run({ service, pod, force }, ctx, before) {
    const located = await seeService(service, ctx);
    const { cluster, place, seen } = located;
    const was = beforeSchema.safeParse(before).data;
    const target = was ? seen.pods.find(({ metadata }) => metadata.uid === was.uid) : chosen(located, pod);
    const uid = target?.metadata.uid ?? was?.uid ?? '';
    if (target && (force || !target.metadata.deletionTimestamp)) {
      ctx.log(`deleting pod ${target.metadata.name} (${conditionOf(seen, target)})`);
      await deletePod(cluster, target, force ? { graceSeconds: 0 } : {}, ctx.signal);
    }
    const now = await until(replaced(uid), cluster, place, ctx.signal);
    return resultOf(was?.pod ?? target?.metadata.name ?? '', now, uid);
  },

  async probe({ service }, before, ctx) {
    const { place, seen } = await seeService(service, ctx);
    const was = beforeSchema.safeParse(before).data;
    if (!was) return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}, so it is not known which pod was meant` };
    const missing = replaced(was.uid)(place.kind, seen);
    if (missing !== undefined) return { outcome: 'not_done', evidence: missing };
    const result = resultOf(was.pod, seen, was.uid);
    return { outcome: 'done', evidence: `pod ${was.pod} of before is gone`, result };
  },

  async preview({ service, pod, force }, ctx) {
    const located = await seeService(service, ctx);
    const target = chosen(located, pod);
    const others = alive(located.seen.pods).filter((other) => other !== target && isReady(other)).length;
    return `would delete pod ${target.metadata.name}${force ? ' at once' : ''} (${conditionOf(located.seen, target)}); ${others} other pods are ready`;
  },
});

/** That one is gone, and there are as many as there should be; not yet that they are ready. */
function replaced(uid: string): Goal {
  return (kind, { workload, pods }) => {
    const left = pods.find(({ metadata }) => metadata.uid === uid);
    if (left) return `pod ${left.metadata.name} is ${left.metadata.deletionTimestamp ? 'ending' : 'there'}`;
    const there = alive(pods).filter(({ metadata }) => !metadata.deletionTimestamp).length;
    const { desired } = KINDS[kind].counts(workload);
    return there >= desired ? undefined : `${there} of ${podsInWords(desired)} there`;
  };
}

function chosen({ place, seen }: Located & { seen: Seen }, name: string | undefined): Pod {
  const found = name === undefined ? worstPod(seen.pods) : seen.pods.find(({ metadata }) => metadata.name === name);
  if (found) return found;
  const names = seen.pods.map(({ metadata }) => metadata.name).join(', ') || 'none';
  const why =
    name === undefined
      ? `Of ${podsInWords(seen.pods.length)} of ${inWords(place)} all are ready, so none is the worst. Name the one that is meant with "pod": ${names}`
      : `${inWords(place)} has no pod ${name}; it has ${names}`;
  throw new ActionError(`${why}. Nothing was changed.`, { code: 'no_such_pod', retryable: false });
}

function conditionOf({ workload }: Seen, pod: Pod): string {
  const restarts = restartsOf(pod);
  const state = pod.metadata.deletionTimestamp ? 'ending' : isReady(pod) ? 'ready' : 'not ready';
  const why = isReady(pod) ? undefined : whyNotReady(workload, [pod])?.why.replace(/^pod \S+: /, '');
  return [state, ...(why ? [why] : []), ...(restarts > 0 ? [`${restarts} restarts`] : [])].join(', ');
}

function resultOf(name: string, { pods }: Seen, uid: string) {
  const others = pods.filter(({ metadata }) => metadata.uid !== uid).map(({ metadata }) => metadata.name);
  return { summary: `pod ${name} is gone; there are ${others.join(', ') || 'no others'}`, pod: name };
}
