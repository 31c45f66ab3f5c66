import type { Pool } from 'pg';
import { rows } from '../query.js';

export interface AuditOwnership {
  /** Whom the database knows us as. */
  app: string;
  owner: string;
  /** Why this role could change entries all the same; undefined: it cannot. */
  weak: 'superuser' | 'owner' | 'may_create_roles' | 'may_change' | undefined;
}

/** What the role of this connection could do to entries that are written. */
export async function auditOwnership(pool: Pool): Promise<AuditOwnership | undefined> {
  const [found] = await rows<AuditOwnership>(
    pool,
    `SELECT current_user AS app, pg_get_userbyid(c.relowner) AS owner,
       CASE WHEN r.rolsuper THEN 'superuser'
         WHEN pg_has_role(r.oid, c.relowner, 'MEMBER') OR pg_has_role(r.oid, n.nspowner, 'MEMBER') THEN 'owner'
         WHEN r.rolcreaterole THEN 'may_create_roles'
         WHEN has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') THEN 'may_change' END AS weak
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r
     WHERE c.oid = to_regclass('audit.entries') AND r.rolname = current_user`,
  );
  return found && { ...found, weak: found.weak ?? undefined };
}

/**
 * SQL for a superuser: the audit belongs to a role that nobody logs in as, and Reviver's may read it, add to it, and call
 * the two functions that make and drop months. Safe to run again, as after a restored backup.
 */
export function ownershipSql(app: string, owner: string): string[] {
  const [appName, ownerName] = [identifier(app), identifier(owner)];
  return [
    'BEGIN',
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(owner)}) THEN CREATE ROLE ${ownerName} NOLOGIN; END IF; END $$`,
    `REVOKE ${ownerName} FROM ${appName}`,
    `ALTER SCHEMA audit OWNER TO ${ownerName}`,
    `DO $$ DECLARE found regclass; BEGIN
  FOR found IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'audit'::regnamespace AND c.relkind IN ('r', 'p') LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO %I', found, ${literal(owner)});
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, %I', found, ${literal(app)});
    EXECUTE format('GRANT SELECT ON %s TO %I', found, ${literal(app)});
  END LOOP;
END $$`,
    ...['refuse_change()', 'open_month(timestamptz)', 'drop_month(text)'].map(
      (name) => `ALTER FUNCTION audit.${name} OWNER TO ${ownerName}`,
    ),
    `REVOKE ALL ON SCHEMA audit FROM PUBLIC, ${appName}`,
    `GRANT USAGE ON SCHEMA audit TO ${appName}`,
    `GRANT INSERT ON audit.entries, audit.anchors TO ${appName}`,
    // refuse_change: a new partition of the event log gets the trigger, too.
    `GRANT EXECUTE ON FUNCTION audit.open_month(timestamptz), audit.drop_month(text), audit.refuse_change() TO ${appName}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerName} IN SCHEMA audit GRANT SELECT ON TABLES TO ${appName}`,
    'COMMIT',
  ];
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
