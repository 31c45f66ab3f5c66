import { released, tell } from '../../session/worker.mjs';

/** The steps of the measured plans, as an extension of the product. */
export default function extend({ z, registerAction }) {
  const input = z.record(z.string(), z.any());

  // Without an effect: what is left is the engine.
  registerAction({ name: 'bench_step', risk: 0, idempotent: true, input, run: async () => ({}) });

  // Its worker stays in it until it is killed or released. It is not idempotent, so that a taker has to look at reality
  // first: its probe says that nothing happened.
  registerAction({
    name: 'bench_hold',
    risk: 0,
    idempotent: false,
    input,
    async run({ id }) {
      tell({ holds: id });
      await released();
      return {};
    },
    probe: async () => ({ outcome: 'not_done', evidence: 'nothing happened' }),
  });
}
