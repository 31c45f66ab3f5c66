import { z } from 'zod';
import type { Engine, RecoverRequest } from '../../engine/engine.js';
import type { Principal } from '../../engine/model/person.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { planJson, toPlanJson } from '../json/plan.js';
import { recoveryJson, toRecoveryJson } from '../json/recovery.js';
import type { Reply } from '../route.js';

/** What a request for a recovery or a drill may say. */
export const requestFields = {
  strategy: z.string().min(1).max(64).optional().describe('the name of a strategy, such as restart'),
  reason: z.string().max(500).optional().describe('text of at most 500 characters'),
  dry_run: z.boolean().optional().describe('true to see the plan and its effects without any, or false'),
};

export const recoveryOrPlanJson = z.union([recoveryJson, planJson]);

/** Plans only when `dryRun`, else starts it: 202 with its place, or 200 when the same request waits or runs already. */
export async function requested(
  engine: Engine,
  request: RecoverRequest,
  who: Principal,
  dryRun: boolean | undefined,
): Promise<Reply> {
  if (dryRun) {
    const { plan, previews } = await engine.plan(request, who);
    return { status: 200, body: toPlanJson(plan, previews) };
  }
  const { snapshot, created } = await engine.recover(request, who, { platform: 'api' });
  const body = toRecoveryJson(await engine.view(snapshot.recovery.id));
  const headers = { Location: `/recoveries/${recoveryName(snapshot.recovery.id)}` };
  return { status: created ? 202 : 200, body, headers };
}
