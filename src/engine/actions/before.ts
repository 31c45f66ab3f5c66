import type { JsonObject } from '../model/json.js';
import type { Deed, RuntimeStatus } from '../runtimes/runtime.js';
import type { ActionContext, ProbeResult } from './action.js';

/** The before-state of a service that is started or stopped. */
export function statusFacts(status: RuntimeStatus): JsonObject {
  return { status: status.status, instance: status.instance, summary: status.summary };
}

/** What ran before: an instance, null for nothing, undefined when nobody looked. */
export function instanceBefore(before: JsonObject): string | null | undefined {
  const { instance } = before;
  return typeof instance === 'string' || instance === null ? instance : undefined;
}

/** `pid 4711` of a before-state, for evidence. */
export function summaryBefore(before: JsonObject): string {
  return typeof before.summary === 'string' ? before.summary : 'the instance from before';
}

/** What a runtime with proofs of its own knows about a deed; undefined where the instance before and now must tell. */
export async function proven(deed: Deed, service: string, ctx: ActionContext): Promise<ProbeResult | undefined> {
  const proof = await ctx.runtime(service).proof?.(deed, ctx.mark, ctx.signal);
  if (!proof) return undefined;
  const { outcome, evidence, now } = proof;
  if (outcome === 'not_done') return { outcome, evidence };
  return { outcome, evidence, result: { summary: now.summary, instance: now.instance } };
}

export const NOBODY_LOOKED = 'nobody could look at it before the step began';
