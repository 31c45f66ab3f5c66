import { UserError } from '../../../engine/model/errors.js';
import { auditOwnership, ownershipSql } from '../../../store/audit/ownership.js';
import { withAudit } from './open.js';

/** Prints, and changes nothing: Reviver is never given the rights that are needed for it. */
export function rolesCommand(
  { owner, app }: { owner: string; app?: string },
  print: (line: string) => void,
): Promise<void> {
  return withAudit(async ({ pool }) => {
    const now = await auditOwnership(pool);
    const role = app ?? now?.app ?? '';
    if (role === owner)
      throw new UserError('invalid_input', `The owner must be another role than Reviver's, which is ${role}.`);
    if (app === undefined && (now?.weak === 'superuser' || now?.weak === 'may_create_roles'))
      throw new UserError(
        'invalid_input',
        `Reviver runs as ${role}, which may take any role's place: no owner protects the audit from it. Give Reviver a plain role (NOSUPERUSER NOCREATEROLE), let DATABASE_URL name it, and run this again.`,
      );
    print(`-- Run it as a superuser in Reviver's database: reviver audit roles | psql "$ADMIN_URL" -v ON_ERROR_STOP=1`);
    for (const statement of ownershipSql(role, owner)) print(`${statement};`);
  });
}
