import type { RecoverRequest } from '../engine.js';
import type { Person, Principal } from '../model/person.js';
import { type Recovery, recoveryName } from '../model/recovery.js';

/** What would have to be asked to get this recovery once more, planned from the present. */
export function sameRequest({ id, service, plan, reason, priority }: Recovery): RecoverRequest {
  const { kind, name, params, steps } = plan;
  return {
    service,
    ...(kind === 'runbook' ? { runbook: name, params } : {}),
    ...(kind === 'strategy' ? { strategy: name } : {}),
    ...(kind === 'steps' ? { steps: { name, calls: steps } } : {}),
    reason: reason || `retry of ${recoveryName(id)}`,
    priority,
  };
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
