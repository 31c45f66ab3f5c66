import type { Role } from '../../../engine/model/person.js';

const NAMES: Readonly<Record<Role, string>> = {
  viewer: 'наблюдатель',
  responder: 'дежурный',
  approver: 'одобряющий',
  lead: 'руководитель',
  admin: 'администратор',
  bootstrap: 'аварийный доступ',
};

/** `руководитель (lead)`: the configuration knows it by the word in brackets. */
export function roleName(role: Role): string {
  return `${NAMES[role]} (${role})`;
}
