import { randomBytes } from 'node:crypto';
import type { Approval } from '../model/approval.js';
import type { Person, Role } from '../model/person.js';
import { ROLES } from '../model/person.js';
import type { PolicyDecision } from '../model/plan.js';
import type { ApprovalDraft } from '../ports.js';

/** A new question about a digest; its id cannot be guessed. */
export function question(
  policy: PolicyDecision,
  digest: string,
  step: number | null,
  expiresInMs: number,
): ApprovalDraft {
  return {
    id: randomBytes(16).toString('base64url'),
    step,
    digest,
    need: Math.max(1, policy.need),
    role: role(policy.role) ?? 'approver',
    including: role(policy.including) ?? null,
    expiresInMs,
  };
}

/** Persons of the configuration who may still decide. */
export function mayDecide(
  approval: Pick<Approval, 'role' | 'requestedBy' | 'owner' | 'decisions'>,
  people: readonly Person[],
): string[] {
  return people
    .filter((person) => person.roles.includes(approval.role))
    .filter(({ name }) => name !== approval.requestedBy && name !== approval.owner)
    .filter((person) => !approval.decisions.some((decision) => decision.principal === person.name))
    .map((person) => person.name);
}

function role(name: string | undefined): Role | undefined {
  return ROLES.find((known) => known === name);
}
