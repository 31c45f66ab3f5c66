import { z } from 'zod';
import { parseBytes } from '../model/bytes.js';
import type { JsonObject } from '../model/json.js';
import type { Runtime } from '../runtimes/runtime.js';
import { isSize, type Size, type SizeWish, words } from '../runtimes/size.js';
import { type ActionContext, ActionError } from './action.js';
import { asItsRuntime } from './as-its-runtime.js';
import { NOBODY_LOOKED, statusFacts } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';

const BY = 'how many sizes or replicas up (1) or down (-1), not 0';
const TO = 'a number of replicas, a place in the list of sizes, or a size such as { cpus: 0.5, memory: 256m }';
const ONE = 'either "by" or "to"';

const size = z.strictObject({
  cpus: z.number({ error: TO }).positive({ error: TO }).optional(),
  memory: z
    .union([z.string(), z.number()], { error: TO })
    .refine((given) => (parseBytes(given) ?? 0) > 0, { error: TO })
    .optional(),
  replicas: z.int({ error: TO }).min(1, { error: TO }).optional(),
});

/** What was there may also be nothing. */
const sizeSeen = size.extend({ replicas: z.int().min(0).optional() });

const input = z
  .strictObject({
    service: serviceName,
    by: z
      .int({ error: BY })
      .refine((by) => by !== 0, { error: BY })
      .optional(),
    to: z.union([z.int({ error: TO }).min(1, { error: TO }), size], { error: TO }).optional(),
  })
  .refine(({ by, to }) => (by === undefined) !== (to === undefined), { error: ONE, path: ['by'] });

type Input = z.output<typeof input>;

export const scaleService = defineAction({
  name: 'scale_service',
  description: 'Gives a service more or less: resources of a container, or replicas.',
  version: 1,
  input,
  shorthand: 'service',
  risk: ({ by = 0 }) => (by < 0 ? 0.4 : 0.3),
  idempotent: false,
  spawns: asItsRuntime,
  timeoutMs: 120_000,
  services: ({ service }) => [service],
  title: ({ service, by, to }) =>
    to === undefined ? `Scale ${service} ${by !== undefined && by < 0 ? 'down' : 'up'}` : `Scale ${service}`,

  async look({ service }, ctx) {
    const runtime = ctx.runtime(service);
    const status = statusFacts(await runtime.status(ctx.signal));
    return runtime.scale ? { ...status, size: await runtime.scale.now(ctx.signal) } : status;
  },

  /** From what was there before the step, so that a second run of it changes nothing more. */
  async run(given, ctx, before) {
    const scale = scaleOf(given.service, ctx);
    const was = sizeBefore(before) ?? (await scale.now(ctx.signal));
    const wanted = scale.choose(was, wishOf(given));
    const now = await scale.to(wanted, ctx.signal);
    return { summary: `from ${words(was)} to ${words(wanted)}`, instance: now.instance, size: wanted };
  },

  async probe(given, before, ctx) {
    const scale = scaleOf(given.service, ctx);
    const was = sizeBefore(before);
    const now = await scale.now(ctx.signal);
    if (!was) return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; it has ${words(now)} now` };
    const evidence = `it has ${words(now)}, before ${words(was)}`;
    const wanted = possible(scale, was, given);
    if (wanted && isSize(now, wanted))
      return { outcome: 'done', evidence, result: { summary: `from ${words(was)} to ${words(wanted)}`, size: wanted } };
    return { outcome: isSize(now, was) ? 'not_done' : 'unknown', evidence };
  },

  inverse({ service }, before) {
    const was = sizeBefore(before);
    if (was?.replicas === 0) return { action: 'stop_service', input: { service } };
    return was && { action: 'scale_service', input: { service, to: was } };
  },
  imagine: () => ({ size: { replicas: 1 } }),

  async preview(given, ctx) {
    const scale = scaleOf(given.service, ctx);
    const now = await scale.now(ctx.signal);
    const wanted = scale.choose(now, wishOf(given));
    return isSize(now, wanted)
      ? `${given.service} has ${words(now)} already`
      : `would scale ${given.service} from ${words(now)} to ${words(wanted)}`;
  },
});

function wishOf({ by, to }: Input): SizeWish {
  if (by !== undefined) return { by };
  if (typeof to === 'number') return { to };
  return { to: readSize(to ?? {}) };
}

function readSize({ cpus, memory, replicas }: z.output<typeof size>): Size {
  const bytes = memory === undefined ? undefined : parseBytes(memory);
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(bytes === undefined ? {} : { memory: bytes }),
    ...(replicas === undefined ? {} : { replicas }),
  };
}

function sizeBefore(before: JsonObject): Size | undefined {
  const read = sizeSeen.safeParse(before.size);
  return read.success ? readSize(read.data) : undefined;
}

/** undefined: what was wished for cannot be, so that nothing was done. */
function possible(scale: NonNullable<Runtime['scale']>, was: Size, given: Input): Size | undefined {
  try {
    return scale.choose(was, wishOf(given));
  } catch (error) {
    if (error instanceof ActionError) return undefined;
    throw error;
  }
}

function scaleOf(service: string, ctx: ActionContext): NonNullable<Runtime['scale']> {
  const runtime = ctx.runtime(service);
  if (runtime.scale) return runtime.scale;
  throw new ActionError(
    `${service} cannot be scaled: the runtime ${runtime.name} has it in one size. Nothing was changed. Run it as a container with \`sizes\`, with Compose or in Kubernetes, or give it more by its own settings and restart_service.`,
    { code: 'not_possible', retryable: false },
  );
}
