import type { RecoverRequest, StepCall } from '../engine.js';
import type { Person, Principal } from '../model/person.js';
import type { Plan } from '../model/plan.js';
import { type Recovery, recoveryName } from '../model/recovery.js';

/** What would have to be asked to get this recovery once more, planned from the present. */
export function sameRequest({ id, service, plan, reason, priority }: Recovery): RecoverRequest {
  const { kind, name, params, steps, drill } = plan;
  return {
    service,
    ...(kind === 'runbook' ? { runbook: name, params } : {}),
    ...(kind === 'strategy' ? { strategy: name } : {}),
    ...(kind === 'steps' ? { steps: { name, calls: steps } } : {}),
    ...(kind === 'sent' ? { steps: { name, calls: sentCalls(plan), sent: true } } : {}),
    reason: reason || `retry of ${recoveryName(id)}`,
    priority,
    ...(drill ? { drill } : {}),
  };
}

/** The calls as they were sent and bound, without what Reviver adds. */
function sentCalls({ steps, lines = [] }: Plan): StepCall[] {
  return steps.flatMap(({ action, input, pool, name: title }, at) => {
    const line = lines[at];
    return typeof line === 'string' ? [{ action, input, pool, line, title }] : [];
  });
}

/** Whoever asked for it, with the roles of the configuration; a program keeps what it needs to ask. */
export function askerOf({ requestedBy, origin: { owner } }: Recovery, people: readonly Person[]): Principal {
  const person = people.find(({ name }) => name === requestedBy);
  return {
    name: requestedBy,
    roles: person?.roles ?? ['responder'],
    human: person !== undefined,
    ...(owner === undefined ? {} : { owner }),
    via: 'replan',
  };
}
