import type { Principal } from '../model/person.js';
import type { Service } from '../model/service.js';
import { holds } from '../planner/expressions.js';
import { policyFacts } from '../planner/policy.js';

/** Who asks for a recovery that nobody clicked: it may start what a responder may, and never approves. */
export const BREAKER: Principal = { name: 'breaker', roles: ['responder'], human: false, via: 'breaker' };

/** Recoveries by itself of one service within an hour: what did not help so often needs a person. */
export const MOST_AN_HOUR = 3;

/** `because` is for people. */
export interface Answer {
  start: boolean;
  because: string;
}

/** Whether `auto_recover` of the service lets this plan begin without a click. */
export async function mayStart(
  { name, runtime, criticality, autoRecover }: Pick<Service, 'name' | 'runtime' | 'criticality' | 'autoRecover'>,
  plan: Parameters<typeof policyFacts>[0],
  startedLately: number,
): Promise<Answer> {
  if (autoRecover === undefined) return NOT_SET;
  if (startedLately >= MOST_AN_HOUR)
    return { start: false, because: `${startedLately} recoveries by itself within an hour are enough` };
  const facts = policyFacts(plan, { name, runtime, criticality }, BREAKER);
  return (await holds(autoRecover, facts, `services.${name}.auto_recover`))
    ? { start: true, because: `auto_recover allows it: ${autoRecover}` }
    : { start: false, because: `auto_recover does not allow it: ${autoRecover}` };
}

export const NOT_SET: Answer = { start: false, because: 'auto_recover is not set' };
