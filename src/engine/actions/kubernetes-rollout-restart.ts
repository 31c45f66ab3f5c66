import { z } from 'zod';
import { inWords, isTurnedOff, podsInWords } from '../runtimes/kubernetes/place.js';
import { rollingRestart } from '../runtimes/kubernetes/rollout.js';
import { statusOf } from '../runtimes/kubernetes/status.js';
import { ActionError } from './action.js';
import { proven, statusFacts } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { seeService, summaryOf, workloadOf } from './kubernetes/workload-of.js';

export const kubernetesRolloutRestart = defineAction({
  name: 'kubernetes_rollout_restart',
  description: 'Replaces the pods of a workload, a few at a time; done when all of them are new and ready.',
  version: 1,
  input: z.strictObject({ service: serviceName }),
  shorthand: 'service',
  risk: 0.2,
  // Its mark in the object tells a second run that it was asked for already.
  idempotent: false,
  timeoutMs: 5 * 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Restart ${service} pod by pod`,

  async look({ service }, ctx) {
    const { place, seen } = await seeService(service, ctx);
    return { ...statusFacts(statusOf(place, seen)), generation: seen.workload.metadata.generation };
  },

  async run({ service }, ctx) {
    const { cluster, place, seen } = await seeService(service, ctx);
    if (isTurnedOff(place.kind, seen.workload))
      throw new ActionError(
        `${inWords(place)} is stopped, so there are no pods to replace. Nothing was changed; start it (start_service).`,
        { code: 'not_running', retryable: false },
      );
    const now = statusOf(place, await rollingRestart(cluster, place, ctx.mark, ctx.signal));
    return { summary: now.summary, instance: now.instance };
  },

  async probe({ service }, _before, ctx) {
    workloadOf(service, ctx);
    return (await proven('restart', service, ctx)) ?? { outcome: 'unknown', evidence: 'nothing tells' };
  },

  async preview({ service }, ctx) {
    const { place, seen } = await seeService(service, ctx);
    return `would replace ${podsInWords(seen.pods.length)} of ${summaryOf(place, seen)}, a few at a time`;
  },
});
