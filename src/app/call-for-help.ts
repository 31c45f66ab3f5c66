import type { Call } from '../bot/live/mentions.js';
import type { Engine, RecoveryView } from '../engine/engine.js';
import type { Escalation } from '../engine/escalation/escalation.js';
import type { Person, Role } from '../engine/model/person.js';

/** Who decides what nobody decided, or what somebody asks for; everything else is for those who carry recoveries out. */
const BY_ROLE: Readonly<Record<string, Role>> = { approval_expired: 'approver', asked_by_person: 'approver' };

/** Whom an escalation calls in chat. */
export async function callOf(
  { code, recoveryId }: Pick<Escalation, 'code' | 'recoveryId'>,
  engine: Engine,
): Promise<Call> {
  if (recoveryId !== null) return callForHelp(code, await engine.view(recoveryId), engine.people());
  const responders = engine.people().filter(({ roles }) => roles.includes('responder'));
  return { role: 'responder', people: responders.map(({ name }) => name) };
}

/** Whom a recovery that needs people calls: whoever asked for it, and who approved it or could have. */
export function callForHelp(
  code: string,
  { recovery, approvals }: Pick<RecoveryView, 'recovery' | 'approvals'>,
  people: readonly Person[],
): Call {
  const role = BY_ROLE[code];
  const approvers = approvals.flatMap(({ decisions }) =>
    decisions.filter(({ verdict }) => verdict === 'approve').map(({ principal }) => principal),
  );
  return {
    role: role ?? 'responder',
    people: role === undefined ? approvers : people.filter(({ roles }) => roles.includes(role)).map(({ name }) => name),
    asker: recovery.origin.owner ?? recovery.requestedBy,
  };
}
