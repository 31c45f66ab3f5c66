import { rulesOf } from '../auto-recover/view.js';
import type { Principal } from '../model/person.js';
import type { Service } from '../model/service.js';
import { holds } from '../planner/expressions.js';
import { policyFacts } from '../planner/policy.js';

/** Who asks for a recovery that nobody clicked: it may start what a responder may, and never approves. */
export const BREAKER: Principal = { name: 'breaker', roles: ['responder'], human: false, via: 'breaker' };

/** The same, where an incident opens. */
export const AUTO: Principal = { name: 'auto_recover', roles: ['responder'], human: false, via: 'auto_recover' };

/** `because` is for people. */
export interface Answer {
  start: boolean;
  because: string;
}

/** Whether `auto_recover` of the service lets this plan begin without a click. */
export async function mayStart(
  service: Pick<Service, 'name' | 'runtime' | 'criticality' | 'autoRecover' | 'autoRecoverRules'>,
  plan: Parameters<typeof policyFacts>[0],
  startedLately: number,
): Promise<Answer> {
  const { name, runtime, criticality, autoRecover } = service;
  if (autoRecover === undefined) return NOT_SET;
  if (startedLately >= rulesOf(service).limitPerHour)
    return { start: false, because: `${startedLately} recoveries by itself within an hour are enough` };
  const facts = policyFacts(plan, { name, runtime, criticality }, BREAKER);
  return (await holds(autoRecover, facts, `services.${name}.auto_recover`))
    ? { start: true, because: `auto_recover allows it: ${autoRecover}` }
    : { start: false, because: `auto_recover does not allow it: ${autoRecover}` };
}

export const NOT_SET: Answer = { start: false, because: 'auto_recover is not set' };
