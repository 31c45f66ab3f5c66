import type { Deed } from '../model/because.js';
import { UserError } from '../model/errors.js';
import { type Principal, type Role, SYSTEM } from '../model/person.js';

/** What everybody who is known may do, and Reviver itself. */
export const LOOK: Deed = 'see plans';
export const BACK_UP: Deed = 'make backups';

/** Roles do not imply each other: one of `roles` must be held by name. */
export function requireRole(who: Principal, roles: readonly Role[], toDo: Deed): void {
  // Reviver itself may look, to put a remedy under an alert.
  if (who === SYSTEM && toDo === LOOK) return;
  if (roles.some((role) => who.roles.includes(role))) return;
  const have = who.roles.length > 0 ? `You are ${who.roles.join(', ')}.` : 'You have no role.';
  throw new UserError(
    'forbidden',
    `You may not ${toDo}: that takes the role ${roles.slice(0, 3).join(' or ')}. ${have}`,
    {
      needed: roles.join(', '),
      roles: who.roles.join(', '),
    },
    { kind: 'role_needed', deed: toDo, needed: roles.slice(0, 3), roles: who.roles },
  );
}
