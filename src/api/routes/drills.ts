import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { recoveryJson } from '../json/recovery.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { nameOf } from './fields.js';
import { recoveryOrPlanJson, requested, requestFields } from './requested.js';

const drillBody = z.strictObject({
  ...requestFields,
  runbook: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('the id of the runbook to prove; absent: the planner chooses'),
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
        schema: recoveryOrPlanJson,
      },
      202: { description: 'It waits to be approved; `Location` names it', schema: recoveryJson },
    },
    errors: ['not_found', 'conflict', 'constitution', 'unavailable'],
    handle: ({ params, body: { dry_run: dryRun, ...options }, who }) =>
      requested(engine, { service: params.service, drill: true, ...options }, who, dryRun),
  });
}
