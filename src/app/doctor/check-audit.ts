import { auditFacts } from '../../store/audit/facts.js';
import { type AuditOwnership, auditOwnership } from '../../store/audit/ownership.js';
import { createPool } from '../../store/pool.js';
import type { Check, Finding } from './finding.js';
import type { Patient } from './patient.js';

const about = 'audit';
/** The sealer looks every second; a busy server may hold it back for some. */
const LATE_S = 60;

/** Who could change what was recorded, and whether it is sealed. The database itself is another check's. */
export function checkAudit({ environment }: Patient): Check {
  return async () => {
    const url = environment.DATABASE_URL?.reveal();
    if (!url) return [];
    const pool = createPool(url, { connections: 1, applicationName: 'reviver doctor' });
    try {
      const ownership = await auditOwnership(pool);
      if (!ownership) return [{ state: 'warning', about, what: 'there is none yet', mend: 'Run "reviver migrate".' }];
      return [judgeOwnership(ownership), judgeSealing((await auditFacts(pool)).unsealedS)];
    } catch {
      return [];
    } finally {
      await pool.end();
    }
  };
}

const WEAK: Record<NonNullable<AuditOwnership['weak']>, string> = {
  superuser: 'is a superuser',
  owner: 'owns the audit',
  may_create_roles: 'may create roles, and so take any role’s place',
  may_change: 'may change entries',
};

export function judgeOwnership({ app, weak, owner }: AuditOwnership): Finding {
  if (weak === undefined)
    return { state: 'ok', about, what: `${app} can add to it and change nothing; ${owner} owns it` };
  return {
    state: 'warning',
    about,
    what: `${app} ${WEAK[weak]}: only triggers keep it from changing entries`,
    mend: 'Let Reviver run as a plain role, and give the audit to another: reviver audit roles (docs/audit.md).',
  };
}

function judgeSealing(unsealedS: number): Finding {
  if (unsealedS <= LATE_S) return { state: 'ok', about, what: 'what was done is sealed' };
  return {
    state: 'warning',
    about,
    what: `what was done is not sealed since ${Math.round(unsealedS)} s`,
    mend: 'Run a process with the role scheduler; end transactions that are open for long (pg_stat_activity).',
  };
}
