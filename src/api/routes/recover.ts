import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { planJson, toPlanJson } from '../json/plan.js';
import { recoveryJson, toRecoveryJson } from '../json/recovery.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { anyJson, nameOf } from './fields.js';

const recoverBody = z.strictObject({
  strategy: z.string().min(1).max(64).optional().describe('the name of a strategy, such as restart'),
  runbook: z.string().min(1).max(128).optional().describe('the id of a runbook; it wins over a strategy'),
  params: z.record(z.string().max(64), anyJson).optional().describe('an object with the runbook’s parameters'),
  reason: z.string().max(500).optional().describe('text of at most 500 characters'),
  priority: z.int().min(1).max(10).optional().describe('a whole number from 1 (first) to 10 (last)'),
  dry_run: z.boolean().optional().describe('true to see the plan and its effects without any, or false'),
});

export function recoverRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'post',
    path: '/recover/{service}',
    operation: 'recover',
    summary: 'Plan and start the recovery of a service',
    access: ['responder'],
    params: z.strictObject({ service: nameOf('a service') }),
    body: recoverBody,
    answers: {
      200: {
        description: 'The same request already runs: that recovery. Or a dry run: the plan',
        schema: z.union([recoveryJson, planJson]),
      },
      202: { description: 'Started; `Location` names it', schema: recoveryJson },
    },
    errors: ['not_found', 'conflict', 'constitution', 'unavailable'],
    handle: async ({ params, body: { dry_run: dryRun, ...options }, who }) => {
      const request = { service: params.service, ...options };
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
