import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { recoveryJson } from '../json/recovery.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { anyJson, nameOf } from './fields.js';
import { recoveryOrPlanJson, requested, requestFields } from './requested.js';

const recoverBody = z.strictObject({
  ...requestFields,
  runbook: z.string().min(1).max(128).optional().describe('the id of a runbook; it wins over a strategy'),
  params: z.record(z.string().max(64), anyJson).optional().describe('an object with the runbook’s parameters'),
  priority: z.int().min(1).max(10).optional().describe('a whole number from 1 (first) to 10 (last)'),
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
        schema: recoveryOrPlanJson,
      },
      202: { description: 'Started; `Location` names it', schema: recoveryJson },
    },
    errors: ['not_found', 'conflict', 'constitution', 'unavailable'],
    handle: ({ params, body: { dry_run: dryRun, ...options }, who }) =>
      requested(engine, { service: params.service, ...options }, who, dryRun),
  });
}
