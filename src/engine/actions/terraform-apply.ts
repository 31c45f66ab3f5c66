import { z } from 'zod';
import { TimeOver } from '../health/within.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import type { JsonObject } from '../model/json.js';
import { type ActionContext, ActionError, type ProbeResult, UnknownOutcome } from './action.js';
import { NOBODY_LOOKED } from './before.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, text } from './fields.js';
import { countChanges, hasChanges, inWords, linesOf, type Progress, progressOf } from './terraform/changes.js';
import { failureOf } from './terraform/diagnostics.js';
import { folderOfConfiguration } from './terraform/folder.js';
import { glimpse } from './terraform/glimpse.js';
import {
  runTold,
  type StateMark,
  showPlan,
  showState,
  stateMark,
  TERRAFORM_ENDS_WITHIN_MS,
} from './terraform/program.js';
import { findPlan, isPlanKey, markBegun, type SavedPlan, wasBegun } from './terraform/saved-plan.js';

const PLAN_OF = 'the id of the terraform_plan step, or the key of a saved plan';
const DEFAULT_TIMEOUT = '30m';

const markSchema = z.object({ serial: z.number().nullable(), lineage: z.string().nullable() });

const input = z.strictObject({
  plan_of: text(PLAN_OF),
  dir: folderOfConfiguration,
  timeout: duration(HOUR_MS, '1h').optional(),
});

export const terraformApply = defineAction({
  name: 'terraform_apply',
  description: 'Applies exactly the plan that terraform_plan has saved, and no other.',
  version: 1,
  input,
  risk: 0.6,
  approval: 'always',
  idempotent: false,
  spawns: true,
  timeoutMs: HOUR_MS,
  endsWithinMs: TERRAFORM_ENDS_WITHIN_MS,
  services: () => [],
  title: ({ plan_of, dir }) =>
    `Apply the Terraform plan ${isPlanKey(plan_of) ? plan_of.slice(0, -56) : `of ${plan_of}`} in ${dir}`,

  look: async ({ dir }, ctx) => ({ ...(await stateMark(ctx, dir)) }),

  async run({ plan_of, dir, timeout = DEFAULT_TIMEOUT }, ctx) {
    const saved = await findPlan(plan_of, dir, ctx);
    const plan = await showPlan(ctx, dir, saved.file);
    if (!hasChanges(plan)) return { summary: 'no changes: there was nothing to apply', plan: saved.key };
    const ms = parseDuration(timeout);
    await markBegun(saved, ctx.runKey);
    const flags = ['-json', '-input=false', '-lock-timeout=5s'];
    const ran = await runTold(ctx, dir, ['apply', ...flags, saved.file], ms).catch((error: unknown) => {
      if (!(error instanceof TimeOver)) throw error;
      throw new UnknownOutcome(`terraform apply in ${dir} was interrupted after ${formatDuration(ms)}`);
    });
    if (ran.exitCode !== 0) {
      const so = inState(progressOf(plan, await showState(ctx, dir)));
      const state = `What it changed until then stays, and is in its state: ${so}. Plan again to go on.`;
      throw failureOf(`terraform apply in ${dir}`, ran, ran.exitCode, ran.stderr, state);
    }
    const done = ran.changes
      ? { add: ran.changes.add, change: ran.changes.change, destroy: ran.changes.remove, outputs: 0 }
      : countChanges(plan);
    return {
      summary: `${done.add} added, ${done.change} changed, ${done.destroy} destroyed`,
      plan: saved.key,
      ...(await stateMark(ctx, dir)),
    };
  },

  async probe({ plan_of, dir }, before, ctx) {
    const saved = await findPlan(plan_of, dir, ctx);
    if (!(await wasBegun(saved, ctx.runKey))) return { outcome: 'not_done', evidence: 'terraform was not started' };
    return judge(saved, dir, before, ctx);
  },

  async detail({ plan_of, dir }, ctx) {
    const saved = await findPlan(plan_of, dir, ctx);
    const mark = await stateMark(ctx, dir);
    const planned = markSchema.safeParse(ctx.step(plan_of)?.result).data;
    if (planned && (planned.serial !== mark.serial || planned.lineage !== mark.lineage))
      throw stale(dir, planned, mark);
    const plan = await showPlan(ctx, dir, saved.file);
    return { lines: linesOf(plan), facts: { saved_plan: saved.key.slice(-64), dir, ...mark } };
  },

  async preview({ plan_of, dir }, ctx) {
    const there = await glimpse(dir);
    if (!isPlanKey(plan_of))
      return `would apply the plan that step ${plan_of} saves, and no other; ${dir} has ${there}`;
    const { key } = await findPlan(plan_of, dir, ctx);
    return `would apply the saved plan ${key.slice(0, -56)}; ${dir} has ${there}`;
  },
});

function stale(dir: string, planned: StateMark, now: StateMark): ActionError {
  const serial = (mark: StateMark): string | number => mark.serial ?? 'none';
  return new ActionError(
    `The Terraform plan for ${dir} is stale: somebody changed its state since (serial ${serial(planned)} when it was made, ${serial(now)} now). Nothing was changed; retry the recovery, and it is planned and asked anew.`,
    { code: 'plan_stale', retryable: false },
  );
}

/** From the state that Terraform keeps: what of the plan is in it, and whether it is the one from before. */
async function judge(saved: SavedPlan, dir: string, before: JsonObject, ctx: ActionContext): Promise<ProbeResult> {
  const was = markSchema.safeParse(before).data;
  if (!was) return { outcome: 'unknown', evidence: NOBODY_LOOKED };
  const now = await stateMark(ctx, dir);
  const plan = await showPlan(ctx, dir, saved.file);
  const progress = progressOf(plan, await showState(ctx, dir));
  const serials = `serial ${was.serial ?? 'none'} before, ${now.serial ?? 'none'} now`;
  const verdict = weigh(was, now, progress);
  if (verdict === 'done')
    return {
      outcome: 'done',
      evidence: `all of the plan is in the state (${serials})`,
      result: { summary: inWords(countChanges(plan)), plan: saved.key, ...now },
    };
  const why = {
    other_state: 'the state is not the one that the plan is about',
    same_state: `terraform was started, and its state is the one from before (${serials}): what it had begun is not recorded there`,
    partly: `${inState(progress)} (${serials})`,
  };
  return { outcome: 'unknown', evidence: why[verdict] };
}

/** An unchanged state proves nothing: what was being made when Terraform was killed is not in it yet. */
export function weigh(
  was: StateMark,
  now: StateMark,
  { missing, unseen }: Progress,
): 'done' | 'other_state' | 'same_state' | 'partly' {
  if (was.lineage !== null && now.lineage !== was.lineage) return 'other_state';
  if (now.serial === was.serial) return 'same_state';
  return missing.length === 0 && unseen.length === 0 ? 'done' : 'partly';
}

function inState({ there, missing, unseen }: Progress): string {
  const all = there.length + missing.length + unseen.length;
  const left = missing.length > 0 ? `; not ${list(missing)}` : '';
  const dim = unseen.length > 0 ? `; of ${list(unseen)} it cannot be told` : '';
  return `${there.length} of ${all} changes are there${left}${dim}`;
}

function list(addresses: readonly string[]): string {
  return addresses.length > 5
    ? `${addresses.slice(0, 5).join(', ')} and ${addresses.length - 5} more`
    : addresses.join(', ');
}
