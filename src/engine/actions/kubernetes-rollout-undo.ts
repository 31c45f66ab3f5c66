import { z } from 'zod';
import { leftTemplates, madeBy } from '../runtimes/kubernetes/marks.js';
import { inWords } from '../runtimes/kubernetes/place.js';
import { proofOf } from '../runtimes/kubernetes/proof.js';
import { chooseRevision, type Revision, revisionsOf } from '../runtimes/kubernetes/revisions.js';
import { rollBack, settled } from '../runtimes/kubernetes/rollout.js';
import { statusOf } from '../runtimes/kubernetes/status.js';
import type { ActionContext } from './action.js';
import { statusFacts } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { type Located, seeService } from './kubernetes/workload-of.js';

const REVISION = 'a number of a revision, as kubectl rollout history shows it';

const beforeSchema = z.object({ revision: z.number(), target: z.number() });

export const kubernetesRolloutUndo = defineAction({
  name: 'kubernetes_rollout_undo',
  description:
    'Brings back what a workload ran before its last change, or another revision; done when all pods are ready.',
  version: 1,
  input: z.strictObject({
    service: serviceName,
    to_revision: z.int({ error: REVISION }).min(1, { error: REVISION }).optional(),
  }),
  shorthand: 'service',
  risk: 0.4,
  // Done twice without its mark it would go back and forth.
  idempotent: false,
  timeoutMs: 5 * 60_000,
  services: ({ service }) => [service],
  title: ({ service, to_revision: to }) => `Roll ${service} back to ${to ? `revision ${to}` : 'what it ran before'}`,

  async look({ service, to_revision }, ctx) {
    const { place, seen, now, target } = await revisions(service, to_revision, ctx);
    return { ...statusFacts(statusOf(place, seen)), revision: now.number, target: target.number };
  },

  imagine: ({ to_revision = 1 }) => ({ revision: to_revision + 1, target: to_revision }),

  async run({ service, to_revision }, ctx, before) {
    const was = beforeSchema.safeParse(before).data;
    const { cluster, place, seen } = await seeService(service, ctx);
    // A revision that was brought back has another number: it is not looked for once more.
    if (madeBy(seen.workload) === ctx.mark) {
      const now = statusOf(place, await settled(cluster, place, ctx.signal));
      return { summary: now.summary, instance: now.instance };
    }
    const { now: from, target } = await revisions(service, was?.target ?? to_revision, ctx);
    ctx.log(`from revision ${from.number} (${image(from)}) to revision ${target.number} (${image(target)})`);
    const now = statusOf(place, await rollBack(cluster, place, { from, to: target }, ctx.mark, ctx.signal));
    const what = `as in revision ${target.number} (${image(target)})`;
    return { summary: `${now.summary}, ${what}`, instance: now.instance, from: from.number, to: target.number };
  },

  async probe({ service }, before, ctx) {
    const { place, seen } = await seeService(service, ctx);
    const { outcome, evidence, now } = proofOf('restart', ctx.mark, place, seen);
    if (outcome === 'not_done') return { outcome, evidence };
    const was = beforeSchema.safeParse(before).data;
    const revision = was ? { from: was.revision, to: was.target } : {};
    return { outcome, evidence, result: { summary: now.summary, instance: now.instance, ...revision } };
  },

  inverse({ service }, before) {
    const was = beforeSchema.safeParse(before).data;
    return was && { action: 'kubernetes_rollout_undo', input: { service, to_revision: was.revision } };
  },

  async preview({ service, to_revision }, ctx) {
    const { place, now, target } = await revisions(service, to_revision, ctx);
    const cause = target.cause ? `, "${target.cause}"` : '';
    return `would bring revision ${target.number} (${image(target)}${cause}) of ${inWords(place)} back; now it is revision ${now.number} (${image(now)})`;
  },
});

interface Chosen {
  now: Revision;
  target: Revision;
}

async function revisions(
  service: string,
  wanted: number | undefined,
  ctx: ActionContext,
): Promise<Located & Chosen & Pick<Awaited<ReturnType<typeof seeService>>, 'seen'>> {
  const { cluster, place, seen } = await seeService(service, ctx);
  const known = await revisionsOf(cluster, place, seen.workload, ctx.signal);
  const target = chooseRevision(inWords(place), known, { wanted, left: leftTemplates(seen.workload) });
  return { cluster, place, seen, now: known[0] ?? target, target };
}

function image({ template }: Revision): string {
  return template.spec.containers.flatMap(({ image: name }) => name ?? []).join(', ');
}
