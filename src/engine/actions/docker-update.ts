import { z } from 'zod';
import { parseBytes } from '../model/bytes.js';
import { limitsOf, machineOf, updateOf } from '../runtimes/docker/limits.js';
import { type ActionContext, ActionError } from './action.js';
import { NOBODY_LOOKED } from './before.js';
import { defineAction } from './define-action.js';
import { containerName, containerOf, shortId } from './docker/container-of.js';
import { isAs, LEAST_MEMORY, limitsInWords, resolved } from './docker/limits.js';
import { sizeInWords } from './docker/size.js';
import { serviceName } from './fields.js';

const CPUS = 'a number of CPUs from 0.01 to 1024, or max for all of the machine';
const MEMORY = 'an amount of at least 6m, such as 512m or 2g, or max for all of the machine';

const input = z
  .strictObject({
    service: serviceName,
    cpus: z
      .union([z.number().min(0.01, { error: CPUS }).max(1_024, { error: CPUS }), z.literal('max')], { error: CPUS })
      .optional(),
    memory: z
      .union([z.string(), z.number()], { error: MEMORY })
      .refine((given) => given === 'max' || (parseBytes(given) ?? 0) >= LEAST_MEMORY, { error: MEMORY })
      .optional(),
  })
  .refine(({ cpus, memory }) => cpus !== undefined || memory !== undefined, {
    error: 'at least one of cpus and memory',
  });

const beforeSchema = z.object({ cpus: z.number(), memory: z.number() });

export const dockerUpdate = defineAction({
  name: 'docker_update',
  description: 'Changes how many CPUs and how much memory a container may use, while it runs.',
  version: 1,
  input,
  risk: 0.3,
  // The limits are given as such, not as a difference.
  idempotent: true,
  timeoutMs: 30_000,
  services: ({ service }) => [service],
  title: ({ service, cpus, memory }) =>
    `Give ${service} ${[...(cpus === undefined ? [] : [`${cpus} CPUs`]), ...(memory === undefined ? [] : [`${memory} of memory`])].join(', ')}`,

  async look({ service }, ctx) {
    const found = await containerOf(service, ctx);
    const { cpus, memoryBytes } = limitsOf(found);
    return { id: shortId(found.Id), cpus, memory: memoryBytes };
  },

  async run({ service, ...wanted }, ctx) {
    const found = await containerOf(service, ctx);
    const size = resolved(wanted, await machineOf(ctx.docker));
    const { memoryBytes } = size;
    if (memoryBytes !== undefined && found.State.Running) await requireRoom(service, memoryBytes, ctx);
    ctx.signal.throwIfAborted();
    const name = containerName(service, ctx);
    await ctx.docker.ask(`change the limits of ${name}`, (docker) =>
      docker.getContainer(name).update(updateOf(limitsOf(found), size)),
    );
    const now = limitsOf(await containerOf(service, ctx));
    return { summary: limitsInWords(now), cpus: now.cpus, memory: now.memoryBytes };
  },

  async probe({ service, ...wanted }, before, ctx) {
    const now = limitsOf(await containerOf(service, ctx));
    const said = limitsInWords(now);
    const result = { summary: said, cpus: now.cpus, memory: now.memoryBytes };
    if (isAs(now, wanted, await machineOf(ctx.docker))) return { outcome: 'done', evidence: `it has ${said}`, result };
    const was = beforeSchema.safeParse(before).data;
    if (!was) return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; now: ${said}` };
    if (was.cpus === now.cpus && was.memory === now.memoryBytes)
      return { outcome: 'not_done', evidence: `it still has ${said}` };
    return { outcome: 'unknown', evidence: `it has ${said}, which is neither what was there nor what was wanted` };
  },

  inverse({ service, cpus, memory }, before) {
    const was = beforeSchema.safeParse(before).data;
    if (!was) return undefined;
    return {
      action: 'docker_update',
      input: {
        service,
        ...(cpus === undefined ? {} : { cpus: was.cpus || 'max' }),
        ...(memory === undefined ? {} : { memory: was.memory || 'max' }),
      },
    };
  },
  imagine: () => ({ cpus: 1, memory: 512 * 1_024 * 1_024 }),

  async preview({ service, ...wanted }, ctx) {
    const found = await containerOf(service, ctx);
    const host = await machineOf(ctx.docker);
    const used = found.State.Running ? `, and uses ${sizeInWords(await usedMemory(service, ctx))} now` : '';
    return `would give ${service} ${limitsInWords(resolved(wanted, host))}; it has ${limitsInWords(limitsOf(found))}${used}; the machine has ${limitsInWords(host)}`;
  },
});

async function usedMemory(service: string, ctx: ActionContext): Promise<number> {
  const name = containerName(service, ctx);
  const stats = await ctx.docker.ask(
    `measure ${name}`,
    (docker) => docker.getContainer(name).stats({ stream: false, 'one-shot': true }),
    { reads: true },
  );
  // As `docker stats` counts: what the kernel would give back at once is no use of it. The name is cgroup's version's.
  const { total_inactive_file: v1, inactive_file: v2 } = stats.memory_stats.stats ?? {};
  return Math.max(0, (stats.memory_stats.usage ?? 0) - (v1 ?? v2 ?? 0));
}

/** The kernel would end a process of the container for the sake of the new limit. */
async function requireRoom(service: string, memoryBytes: number, ctx: ActionContext): Promise<void> {
  const used = await usedMemory(service, ctx);
  if (used < memoryBytes) return;
  throw new ActionError(
    `${service} uses ${sizeInWords(used)} of memory, so that a limit of ${sizeInWords(memoryBytes)} would end it. Nothing was changed; give it more, or restart it first.`,
    { code: 'memory_in_use', retryable: false },
  );
}
