import { z } from 'zod';
import { inWords, KINDS } from '../runtimes/kubernetes/place.js';
import { scaleTo } from '../runtimes/kubernetes/scale.js';
import { statusOf } from '../runtimes/kubernetes/status.js';
import { words } from '../runtimes/size.js';
import { NOBODY_LOOKED, statusFacts } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { seeService, summaryOf } from './kubernetes/workload-of.js';

const REPLICAS = 'a number of replicas from 0 to 1000';

const beforeSchema = z.object({ replicas: z.number() });

export const kubernetesScale = defineAction({
  name: 'kubernetes_scale',
  description: 'Gives a workload exactly so many replicas, also none; done when they run.',
  version: 1,
  input: z.strictObject({
    service: serviceName,
    replicas: z.int({ error: REPLICAS }).min(0, { error: REPLICAS }).max(1_000, { error: REPLICAS }),
  }),
  risk: ({ replicas }) => (replicas === 0 ? 0.4 : 0.3),
  // The number is given as such, not as a difference.
  idempotent: true,
  timeoutMs: 3 * 60_000,
  services: ({ service }) => [service],
  title: ({ service, replicas }) => `Scale ${service} to ${words({ replicas })}`,

  async look({ service }, ctx) {
    const { place, seen } = await seeService(service, ctx);
    const { desired } = KINDS[place.kind].counts(seen.workload);
    return { ...statusFacts(statusOf(place, seen)), replicas: desired };
  },

  imagine: ({ replicas }) => ({ replicas: replicas + 1 }),

  async run({ service, replicas }, ctx, before) {
    const { cluster, place, seen } = await seeService(service, ctx);
    const was = beforeSchema.safeParse(before).data?.replicas ?? KINDS[place.kind].counts(seen.workload).desired;
    const now = await scaleTo(cluster, place, replicas, ctx.signal, ctx.mark);
    return resultOf(was, replicas, now.instance);
  },

  async probe({ service, replicas }, before, ctx) {
    const { place, seen } = await seeService(service, ctx);
    const { desired } = KINDS[place.kind].counts(seen.workload);
    const was = beforeSchema.safeParse(before).data?.replicas;
    const evidence = `${inWords(place)} is to have ${words({ replicas: desired })}${was === undefined ? `; ${NOBODY_LOOKED}` : `, before ${was}`}`;
    if (desired === replicas)
      return { outcome: 'done', evidence, result: resultOf(was, replicas, statusOf(place, seen).instance) };
    return { outcome: desired === was ? 'not_done' : 'unknown', evidence };
  },

  inverse({ service }, before) {
    const was = beforeSchema.safeParse(before).data;
    return was && { action: 'kubernetes_scale', input: { service, replicas: was.replicas } };
  },

  async preview({ service, replicas }, ctx) {
    const { place, seen } = await seeService(service, ctx);
    const { desired } = KINDS[place.kind].counts(seen.workload);
    return desired === replicas
      ? `${service} has ${words({ replicas })} already`
      : `would scale ${summaryOf(place, seen)} from ${desired} to ${words({ replicas })}`;
  },
});

function resultOf(was: number | undefined, replicas: number, instance: string | null) {
  const from = was === undefined || was === replicas ? '' : `from ${was} to `;
  return { summary: `${from}${words({ replicas })}`, instance, replicas };
}
