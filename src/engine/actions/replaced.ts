import type { JsonObject } from '../model/json.js';
import type { ActionContext, ProbeResult } from './action.js';
import { instanceBefore, NOBODY_LOOKED, proven, summaryBefore } from './before.js';

/**
 * Whether another instance stands in the place of the one from before: what a deed that puts a new one there asks after a
 * crash. `what`: what to call the new one, such as `nothing restored`.
 */
export async function probeReplaced(
  deed: 'restore' | 'recreate',
  what: string,
  service: string,
  before: JsonObject,
  ctx: ActionContext,
): Promise<ProbeResult> {
  const proof = await proven(deed, service, ctx);
  if (proof) return proof;
  const now = await ctx.runtime(service).status(ctx.signal);
  if (instanceBefore(before) === undefined)
    return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; now: ${now.summary}` };
  if (now.instance === null) return { outcome: 'not_done', evidence: `${now.summary}: ${what} runs` };
  if (now.summary === summaryBefore(before))
    return { outcome: 'not_done', evidence: `${now.summary} is the one from before` };
  if (now.facts.aside !== undefined)
    return { outcome: 'not_done', evidence: `${now.summary} runs, and the one before is still to be removed` };
  return {
    outcome: 'done',
    evidence: `${summaryBefore(before)} is gone, ${now.summary} runs`,
    result: { summary: now.summary, instance: now.instance },
  };
}
