import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { planJson, toPlanJson } from '../json/plan.js';
import { recoveryJson, toRecoveryJson } from '../json/recovery.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { nameOf } from './fields.js';

const drillBody = z.strictObject({
  runbook: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('the id of the runbook to prove; absent: the planner chooses'),
  strategy: z.string().min(1).max(64).optional().describe('the name of a strategy, such as restart'),
  reason: z.string().max(500).optional().describe('text of at most 500 characters'),
  dry_run: z.boolean().optional().describe('true to see the plan and its effects without any, or false'),
});

/** A route of its own: no field that was meant for a recovery can ever break a service. */
export function drillRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'post',
    path: '/drills/{service}',
    operation: 'drill',
    summary: 'Ask for a drill: break a service that allows it, and bring it back',
    access: ['responder'],
    params: z.strictObject({ service: nameOf('a service') }),
    body: drillBody,
    answers: {
      200: {
        description: 'The same drill waits or runs already: that one. Or a dry run: the plan',
        schema: z.union([recoveryJson, planJson]),
      },
      202: { description: 'It waits to be approved; `Location` names it', schema: recoveryJson },
    },
    errors: ['not_found', 'conflict', 'constitution', 'unavailable'],
    handle: async ({ params, body: { dry_run: dryRun, ...options }, who }) => {
      const request = { service: params.service, drill: true as const, ...options };
      if (dryRun) {
        const { plan, previews } = await engine.plan(request, who);
        return { status: 200, body: toPlanJson(plan, previews) };
      }
      const { snapshot, created } = await engine.recover(request, who, { platform: 'api' });
      const body = toRecoveryJson(await engine.view(snapshot.recovery.id));
      const headers = { Location: `/recoveries/${recoveryName(snapshot.recovery.id)}` };
      return { status: created ? 202 : 200, body, headers };
    },
  });
}
