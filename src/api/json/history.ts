import { z } from 'zod';
import type { Disaster, Ended, PlanRecord } from '../../engine/history/history.js';
import { RECOVERY_STATES, recoveryName } from '../../engine/model/recovery.js';
import { iso, moment } from './moment.js';

const endedJson = z.strictObject({
  id: z.string(),
  service: z.string(),
  kind: z.string(),
  plan: z.string(),
  state: z.enum(RECOVERY_STATES),
  code: z.string().nullable().describe('Of its outcome, such as rejected'),
  unverified: z.boolean(),
  requested_by: z.string(),
  created_at: moment,
  ended_at: moment,
  active_ms: z.int().describe('Work'),
  waiting_ms: z.int().describe('For people, and for a place in the queue'),
  helped: z.int().describe('How many said that it helped'),
  did_not_help: z.int(),
  notes: z.int(),
});

const planRecordJson = z.strictObject({
  kind: z.string(),
  plan: z.string(),
  runs: z.int(),
  succeeded: z.int(),
  success_ratio: z.number(),
  median_active_ms: z.int().nullable().describe('Of those that succeeded'),
});

const disasterJson = z.strictObject({
  id: z.string().describe('The name of its report'),
  lost: z.string().describe('postgres, redis or server'),
  state: z.enum(RECOVERY_STATES),
  by: z.string(),
  ended_at: moment,
  rto_ms: z.int().nullable().describe('From the last write to the end'),
  rpo_ms: z.int().nullable().describe('What was written and did not come back; null: not known'),
});

export const historyJson = z.strictObject({
  items: z.array(endedJson),
  next: z.string().nullable().describe('`cursor` of the next page; null at the end'),
  plans: z
    .array(planRecordJson)
    .describe('With the first page: how each plan did in the last 500 recoveries; cancelled ones do not count'),
  disasters: z
    .array(disasterJson)
    .describe('With the first page of all services: what `reviver disaster` has ended, newest first'),
});

export function toEndedJson(one: Ended): z.infer<typeof endedJson> {
  const { kind, service, plan, state, code, unverified, helped, notes } = one;
  return {
    id: recoveryName(one.id),
    service,
    kind,
    plan,
    state,
    code,
    unverified,
    requested_by: one.requestedBy,
    created_at: iso(one.createdAt),
    ended_at: iso(one.endedAt),
    active_ms: one.activeMs,
    waiting_ms: Math.max(0, +one.endedAt - +one.createdAt - one.activeMs),
    helped,
    did_not_help: one.didNotHelp,
    notes,
  };
}

export function toDisasterJson({ id, lost, state, by, endedAt, rtoMs, rpoMs }: Disaster): z.infer<typeof disasterJson> {
  return { id, lost, state, by, ended_at: iso(endedAt), rto_ms: rtoMs, rpo_ms: rpoMs };
}

export function toPlanRecordJson(one: PlanRecord): z.infer<typeof planRecordJson> {
  const { kind, plan, runs, succeeded, medianActiveMs } = one;
  return { kind, plan, runs, succeeded, success_ratio: succeeded / runs, median_active_ms: medianActiveMs };
}
