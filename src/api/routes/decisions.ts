import { z } from 'zod';
import { type Engine, type RecoveryView, VERBS, type Verb } from '../../engine/engine.js';
import { ROLES, type Role } from '../../engine/model/person.js';
import { recoveryJson, toRecoveryJson, VERB_WORDS } from '../json/recovery.js';
import { NO_INPUT, type Reply, type Route, route } from '../route.js';
import { recoveryId } from './fields.js';

const VERDICTS = ['approve', 'reject'] as const;

export const decidedJson = recoveryJson.extend({ message: z.string().describe('What happened, for a person') });

const verdictBody = z.strictObject({
  digest: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/i)
    .optional()
    .describe('the digest that was shown, in hex, or its first 8 digits or more'),
  approval_id: z.string().min(1).max(64).optional().describe('the id of the question'),
  reason: z.string().max(500).optional().describe('text of at most 500 characters'),
});

const seenBody = z.strictObject({
  steps: z
    .array(z.int().min(1).max(1_000))
    .min(1)
    .max(100)
    .optional()
    .describe('numbers, from 1, of the steps that were seen waiting; others are refused as stale'),
});

/** `POST /recoveries/{id}/{verb}`, a row for each verdict and each verb of the engine. */
export function decisionRoutes(engine: Engine): Route[] {
  return [...VERDICTS.map((verdict) => verdictRoute(engine, verdict)), ...VERBS.map((verb) => verbRoute(engine, verb))];
}

const DESCRIBED = {
  ...NO_INPUT,
  method: 'post',
  params: z.strictObject({ id: recoveryId }),
  answers: { 200: { description: 'The recovery after it', schema: decidedJson } },
  errors: ['not_found', 'conflict', 'stale', 'expired', 'constitution', 'unavailable'],
} as const;

function verdictRoute(engine: Engine, verdict: (typeof VERDICTS)[number]): Route {
  return route({
    ...DESCRIBED,
    path: `/recoveries/{id}/${verdict}`,
    operation: `${verdict}Recovery`,
    summary: `${verdict === 'approve' ? 'Approve' : 'Reject'} the open question of a recovery`,
    // Who may decide depends on the question: the engine judges, and records a refusal.
    access: ROLES,
    body: verdictBody,
    handle: async ({ params, body: { digest, approval_id: approvalId, reason }, who }) =>
      decided(await engine.decide(params.id, verdict, who, { digest, approvalId, reason })),
  });
}

function verbRoute(engine: Engine, verb: Verb): Route {
  if (verb === 'retry' || verb === 'mark_done')
    return route({
      ...described(verb),
      body: seenBody,
      handle: async ({ params, body, who }) => decided(await engine.act(params.id, verb, who, body)),
    });
  return route({
    ...described(verb),
    handle: async ({ params, who }) => decided(await engine.act(params.id, verb, who)),
  });
}

function described(verb: Verb) {
  return {
    ...DESCRIBED,
    path: `/recoveries/{id}/${VERB_WORDS[verb]}`,
    operation: `${verb.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase())}Recovery`,
    summary: SUMMARIES[verb],
    access: ACCESS[verb],
  };
}

/** As in chat: stopping and calling for help take no more than a look at the plan did. */
const ACCESS: Record<Verb, readonly Role[]> = {
  cancel: ['responder', 'approver', 'lead'],
  retry: ['responder'],
  mark_done: ['responder'],
  rollback: ['responder'],
  undo: ['responder'],
  escalate: ['responder', 'approver'],
  ack: ['responder', 'approver'],
};

const SUMMARIES: Record<Verb, string> = {
  cancel: 'Stop a recovery before its next step',
  retry: 'Run the step that waits for a person again, or an ended recovery anew',
  mark_done: 'Take the step with the unknown outcome as done',
  rollback: 'Undo what was done',
  undo: 'Put back what a recovery changed that has succeeded, as a recovery of its own',
  escalate: 'Call for people',
  ack: 'Say that a person looks after it',
};

function decided({ message, view }: { message: string; view: RecoveryView }): Reply {
  return { status: 200, body: { ...toRecoveryJson(view), message } satisfies z.infer<typeof decidedJson> };
}
