import { fromDist } from './dist.mjs';

const { z } = await import('zod').catch(() => fromDist('../node_modules/zod/index.js'));

const COMMON = { description: '', version: 1, input: z.record(z.string(), z.any()), risk: 0, timeoutMs: 60_000 };

/** A step without an effect: what is left is the engine. */
export const STEP = {
  ...COMMON,
  name: 'bench_step',
  idempotent: true,
  services: () => [],
  title: () => 'Do nothing',
  run: async () => ({}),
};

/**
 * A step whose worker stays in it until it is killed. It is not idempotent, so that a taker has to look at reality
 * first: its probe says that nothing happened.
 */
export function holdStep(tell) {
  return {
    ...COMMON,
    name: 'bench_hold',
    idempotent: false,
    services: () => [],
    title: () => 'Stay',
    async run(_input, ctx) {
      tell({ holds: Number(ctx.runKey.split('/')[0].slice(2)) });
      await new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)));
    },
    probe: async () => ({ outcome: 'not_done', evidence: 'nothing happened' }),
  };
}
