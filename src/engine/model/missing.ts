import { UserError } from './errors.js';
import { recoveryName } from './recovery.js';

export function noRecovery(id: number): UserError {
  const recovery = recoveryName(id);
  return new UserError('not_found', `There is no recovery ${recovery}.`, {}, { kind: 'no_recovery', recovery });
}

export function noIncident(id: number): UserError {
  const incident = `I-${id}`;
  return new UserError('not_found', `There is no incident ${incident}.`, {}, { kind: 'no_incident', incident });
}
