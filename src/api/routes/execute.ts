import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { isTerminal, recoveryName } from '../../engine/model/recovery.js';
import { MOST_STEPS } from '../../engine/planner/runbook.js';
import { executionJson, toExecutionJson } from '../json/execution.js';
import type { Limits } from '../limits.js';
import { NO_INPUT, type Route, route } from '../route.js';
import type { WaitForEnd } from '../wait-for-end.js';
import { clientId } from './fields.js';

/** A step is one line; those of JSON may be long. */
const line = z.string().regex(/^(?=.*\S)[^\p{Cc}\u2028\u2029]{1,20000}$/u);

/** The planner document's RecoveryPlan. */
const executeBody = z.strictObject({
  id: clientId.describe('the id of a plan, or your own: it runs once; a text of at most 200 characters'),
  steps: z
    .array(line)
    .min(1)
    .max(MOST_STEPS)
    .optional()
    .describe(`a list of 1 to ${MOST_STEPS} lines, such as "restart_service: web"; absent: those of the plan`),
  risk_score: z.number().nullable().optional().describe('a number; it is not used, since Reviver computes the risk'),
  service: z.string().min(1).max(128).optional().describe('the name of a service, where none of the steps touches any'),
  reason: z.string().max(500).optional().describe('text of at most 500 characters'),
  priority: z.int().min(1).max(10).optional().describe('a whole number from 1 (first) to 10 (last)'),
});

export function executeRoute(engine: Engine, waitForEnd: WaitForEnd, limits: Pick<Limits, 'executeWaitMs'>): Route {
  return route({
    ...NO_INPUT,
    method: 'post',
    path: '/execute',
    operation: 'execute',
    summary: 'Run a plan or steps, and wait for the end; the recovery goes on also when nobody waits',
    access: ['responder'],
    body: executeBody,
    answers: {
      200: { description: 'It has ended; `success` says how', schema: executionJson },
      202: {
        description: 'It waits for people, or goes on: not ended in time, or `Prefer: respond-async`. See `Location`',
        schema: executionJson,
      },
    },
    errors: ['not_found', 'conflict', 'stale', 'constitution', 'unavailable'],
    handle: async ({ body: { risk_score: _, ...request }, who, prefer, gone }) => {
      const { snapshot } = await engine.execute(request, who, { platform: 'api' });
      const { id } = snapshot.recovery;
      const waitMs = prefer.respondAsync ? 0 : Math.min(prefer.waitMs ?? limits.executeWaitMs, limits.executeWaitMs);
      const view = await (waitMs === 0 ? engine.view(id) : waitForEnd(id, waitMs, gone()));
      const body = toExecutionJson(request.id, view);
      const headers = { Location: `/recoveries/${recoveryName(id)}` };
      if (isTerminal(view.recovery.state)) return { status: 200, body, headers };
      const applied = prefer.respondAsync ? { 'Preference-Applied': 'respond-async' } : {};
      return { status: 202, body, headers: { ...headers, ...applied } };
    },
  });
}
