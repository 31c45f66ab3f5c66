import { setTimeout as delay } from 'node:timers/promises';
import { STRATEGIES } from '../../engine/model/service.js';
import { type Check, type CheckContext, must, NO_VICTIM, passed, skipped, within } from './check.js';
import { recoveryShape } from './shapes.js';

const RECOVERY_MS = 60_000;
const LOOK_MS = 250;
const WAITS = ['AWAITING_APPROVAL', 'AWAITING_MANUAL'];
const ENDED = ['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'CANCELLED'];
const REASON = 'reviver validate';

export const RECOVERY: readonly Check[] = [
  {
    says: 'each strategy has a plan for some service, or says why not',
    async run({ ask, services }) {
      if (services.length === 0) return skipped('no services are configured');
      const usable: string[] = [];
      for (const strategy of STRATEGIES) {
        for (const service of services) {
          const { status } = await ask('POST', `/recover/${service}`, { body: { strategy, dry_run: true } });
          must(status < 500, `${strategy} for ${service} answered ${status}`);
          if (status === 200 && !usable.includes(strategy)) usable.push(strategy);
        }
      }
      must(usable.length > 0, 'no strategy fits any service');
      return passed(`usable here: ${usable.join(', ')}`);
    },
  },
  {
    says: 'a real recovery brings the service back within 60 s',
    async run(ctx) {
      if (ctx.victim === undefined) return NO_VICTIM;
      const began = performance.now();
      const { status, body, text } = await ctx.ask('POST', `/recover/${ctx.victim}`, {
        body: { strategy: 'restart', reason: REASON },
      });
      must(status === 202, `answered ${status}: ${text.slice(0, 200)}`);
      const { id } = recoveryShape.parse(body);
      return await reachEnd(ctx, id, began);
    },
  },
];

/** What waits for people is taken back: it is asked for by a check, and nobody should have to decide about it. */
async function reachEnd({ ask, signal }: CheckContext, id: string, began: number) {
  for (;;) {
    const { state, outcome } = recoveryShape.parse((await ask('GET', `/recoveries/${id}`)).body);
    if (ENDED.includes(state)) {
      must(state === 'SUCCEEDED', `${id} ended as ${state}: ${outcome?.message ?? 'no reason is told'}`);
      return within(performance.now() - began, RECOVERY_MS);
    }
    if (WAITS.includes(state)) {
      await ask('POST', `/recoveries/${id}/cancel`);
      return skipped(
        `${id} waits for people (${state}), so it was cancelled; it needs a service whose restart needs no approval`,
      );
    }
    if (performance.now() - began > RECOVERY_MS) {
      await ask('POST', `/recoveries/${id}/cancel`);
      must(false, `${id} was still ${state} after ${RECOVERY_MS / 1_000} s, and was cancelled`);
    }
    await delay(LOOK_MS, undefined, { signal });
  }
}
