import { withRedis } from '../../health/redis-session.js';
import { within } from '../../health/within.js';
import type { ActionContext } from '../action.js';
import { ActionError } from '../action.js';

/** Files under a living Redis must not be exchanged: it would write its own over them when it ends. */
export async function requireStopped(service: string, ctx: ActionContext): Promise<void> {
  const status = await ctx.runtime(service).status(ctx.signal);
  if (status.status === 'running')
    throw new ActionError(`${service} still runs (${status.summary}): stop it first. Nothing was touched.`, {
      code: 'still_running',
    });
  for (const { type, url } of ctx.service(service).health)
    if (type === 'redis' && url && (await answers(url, ctx.signal)))
      throw new ActionError(
        `Something still answers at the address of ${service}, though Reviver did not start it: stop it first. Nothing was touched.`,
        { code: 'still_running' },
      );
}

function answers(url: string, signal: AbortSignal): Promise<boolean> {
  return within(1_000, signal, (limited) => withRedis(url, limited, async () => true)).catch(() => {
    signal.throwIfAborted();
    return false;
  });
}
