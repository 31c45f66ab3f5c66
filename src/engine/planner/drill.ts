import { SEVERITY } from '../health/own-incident.js';
import { UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { PlannedStep, PolicyDecision } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { type CompileContext, compileSteps } from './compile.js';
import { type LongStep, longForm } from './runbook.js';

/** Only what somebody has marked is ever broken on purpose, and only where it can be seen to break. */
export function requireDrillable({ name, drillAllowed, health }: Service): void {
  if (!drillAllowed)
    throw refusal(
      name,
      'permission',
      `${name} is not marked as a service that a drill may break. To allow it, write drill: { allowed: true } at ${name} in the configuration and start Reviver anew. Nothing was done.`,
    );
  if (health.length === 0)
    throw refusal(
      name,
      'check',
      `${name} has no health check, so nothing would notice that it is broken, or that it is back. Give it one in the configuration. Nothing was done.`,
    );
}

/** What will be wrong, as the monitor will say it: the plan is the one that is made on such a night. */
export function imaginedIncident({ name, criticality }: Service): JsonObject {
  return { title: `${name} is down`, severity: SEVERITY[criticality] };
}

/** Ids of what goes before the remedy; the times of a drill are read from these steps. */
export const DRILL_STEPS = { well: 'drill_well', broken: 'drill_break', noticed: 'drill_notice' } as const;

/**
 * Breaks the service before its remedy: it must be well, is stopped, and is seen to be down. The stop's own inverse, which
 * starts it, is undone last of all. A step that would leave things as they are when it fails goes back as well.
 */
export async function drilled(remedy: readonly PlannedStep[], context: CompileContext): Promise<PlannedStep[]> {
  const { name } = context.service;
  const pool = remedy[0]?.pool;
  const step = (given: Pick<LongStep, 'action' | 'id' | 'name'> & Partial<LongStep>): LongStep => ({
    ...longForm({ action: given.action, with: { service: name } }),
    ...given,
    ...(pool === undefined ? {} : { pool }),
  });
  const before = await compileSteps(
    [
      step({ id: DRILL_STEPS.well, action: 'check_health', name: `Check that ${name} is well before the drill` }),
      step({ id: DRILL_STEPS.broken, action: 'stop_service', name: `Break ${name} on purpose`, risk: 'medium' }),
      step({ id: DRILL_STEPS.noticed, action: 'wait_until_noticed', name: `Wait until ${name} is seen to be down` }),
    ],
    context,
    'drill',
  );
  const shift = before.length;
  return [
    ...before.map(({ line: _, ...one }) => one),
    ...remedy.map((one) => ({
      ...one,
      stage: one.stage + shift,
      onFailure: one.onFailure === 'stop' ? ('rollback' as const) : one.onFailure,
    })),
  ];
}

/** Nothing is broken that nobody has agreed to, whatever the rules say of its risk. */
export function askedOf(decided: PolicyDecision): PolicyDecision {
  if (decided.need > 0) return decided;
  return { role: 'approver', ...decided, need: 1, rule: 'a drill is always approved by somebody else' };
}

function refusal(service: string, lacks: 'permission' | 'check', message: string): UserError {
  const facts = { field: 'service', value: service };
  return new UserError('invalid_input', message, facts, { kind: 'no_drill', service, lacks });
}
