import type { Approval, Decision } from '../model/approval.js';
import type { Person } from '../model/person.js';

/**
 * The question with the roles that its voters have now. Whoever lost a role in the configuration since they voted no
 * longer counts with it; what a group of a platform gave them was looked up when they voted.
 */
export function asHeldNow(approval: Approval, people: readonly Person[]): Approval {
  if (people.length === 0) return approval;
  return { ...approval, decisions: approval.decisions.map((decision) => heldNow(decision, people)) };
}

function heldNow(decision: Decision, people: readonly Person[]): Decision {
  const configured = people.find(({ name }) => name === decision.principal)?.roles ?? [];
  const given = decision.byGroup ?? [];
  return { ...decision, roles: decision.roles.filter((role) => configured.includes(role) || given.includes(role)) };
}

/** Votes that count: those of people who have the role that was asked for. */
export function votes({ decisions, role }: Approval): Decision[] {
  return decisions.filter(({ verdict, roles }) => verdict === 'approve' && roles.includes(role));
}

/** Who approved and may not any more, when without them it is not enough; undefined: it is. */
export function lostQuorum(approval: Approval, people: readonly Person[]): string | undefined {
  const now = asHeldNow(approval, people);
  const counted = votes(now);
  const { including, need } = now;
  const led = including === null || counted.some(({ roles }) => roles.includes(including));
  if (counted.length >= need && led) return undefined;
  const lost = approval.decisions.filter(
    ({ principal, roles }) =>
      !now.decisions.some((other) => other.principal === principal && other.roles.length === roles.length),
  );
  return lost.map(({ principal }) => principal).join(', ') || 'nobody';
}
