import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Pool } from 'pg';
import { anchorNow, dropOldMonths } from '../../../../src/app/audit/anchoring.js';
import { checkAudit } from '../../../../src/app/doctor/check-audit.js';
import { formatFindings } from '../../../../src/app/doctor/finding.js';
import { admit } from '../../../../src/app/doctor/patient.js';
import { auditOwnership, ownershipSql } from '../../../../src/store/audit/ownership.js';
import { createEventLog } from '../../../../src/store/event-log.js';
import { careForPartitions } from '../../../../src/store/partitions/care.js';
import { migrate } from '../../../support/migrate.js';
import { required } from '../../../support/required.js';
import { KEY, patience, sealedLongAgo, verify } from '../../app/audit/ground.js';
import { allSealed } from './all-sealed.js';

const id = randomBytes(5).toString('hex');
const APP = `app "${id}" %`;
const OWNER = `owner_${id}`;
const DATABASE = `reviver_roles_${id}`;
const server = required('DATABASE_URL');
let app: Pool;

async function asSuperuser(database: string, ...statements: string[]): Promise<void> {
  const url = new URL(server);
  url.pathname = `/${database}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  const name = APP.replaceAll('"', '""');
  await asSuperuser(
    'postgres',
    `CREATE ROLE "${name}" LOGIN PASSWORD 'secret'`,
    `CREATE DATABASE ${DATABASE} OWNER "${name}"`,
  );
  const url = new URL(server);
  url.username = encodeURIComponent(APP);
  url.password = 'secret';
  url.pathname = `/${DATABASE}`;
  await migrate(url.href);
  app = new Pool({ connectionString: url.href, max: 2 });
}, 60_000);

afterAll(async () => {
  await app?.end();
  const name = APP.replaceAll('"', '""');
  await asSuperuser(
    'postgres',
    `DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`,
    `DROP ROLE IF EXISTS "${name}"`,
    `DROP ROLE IF EXISTS ${OWNER}`,
  );
}, 60_000);

async function doctor(): Promise<string> {
  const patient = await admit({ DATABASE_URL: String(app.options.connectionString) });
  return formatFindings(await checkAudit(patient)(new AbortController().signal)).join('\n');
}

test('where Reviver’s own role made the schema, it is the owner, and that is known', async () => {
  expect(await auditOwnership(app)).toMatchObject({ app: APP, owner: APP, weak: 'owner' });
  expect(await doctor()).toContain(
    `! audit           ${APP} owns the audit: only triggers keep it from changing entries`,
  );
});

describe('after the audit was given to an owner of its own', () => {
  beforeAll(async () => {
    await sealedLongAgo(app, 3, 2);
    await asSuperuser(DATABASE, ...ownershipSql(APP, OWNER));
    await asSuperuser(DATABASE, ...ownershipSql(APP, OWNER));
  });

  test('Reviver seals, signs, verifies and drops old months as before', async () => {
    await createEventLog(app).record(null, [{ kind: 'test.act', actor: 'Ann', data: {} }]);
    await allSealed(app);
    expect(await dropOldMonths(app, 1, KEY, patience)).toHaveLength(1);
    await anchorNow(app, KEY);
    expect((await verify(app)).fault).toBeUndefined();
    expect(await auditOwnership(app)).toMatchObject({ owner: OWNER, weak: undefined });
    expect(await doctor()).toContain(`✓ audit           ${APP} can add to it and change nothing; ${OWNER} owns it`);
    expect(await doctor()).toContain('✓ audit           what was done is sealed');
  });

  test('Reviver makes partitions of the event log as before', async () => {
    await app.query(`DROP TABLE events_default`);
    await app.query(`CREATE TABLE events_default PARTITION OF events DEFAULT`);
    const log = () => undefined;
    const report = await careForPartitions(app, { monthsAhead: 5, monthsKept: 12, log }, patience);
    expect(report?.created.length).toBeGreaterThan(0);
  });

  test('doctor tells of what nobody has sealed, and what to run', async () => {
    await app.query(
      `INSERT INTO events (kind, actor, data, at) VALUES ('test.act', 'Ann', '{}', now() - interval '5 minutes')`,
    );
    const said = await doctor();
    expect(said).toMatch(/! audit +what was done is not sealed since 30\d s/);
    expect(said).toContain('Run a process with the role scheduler');
    await allSealed(app);
  });

  test('a dump may read all of it', async () => {
    await app.query('BEGIN; LOCK TABLE audit.entries, audit.anchors IN ACCESS SHARE MODE; COMMIT');
  });

  test.each([
    `UPDATE audit.entries SET who = 'Eve'`,
    'DELETE FROM audit.entries',
    'TRUNCATE audit.entries',
    'UPDATE audit.anchors SET seq = 1',
    'DELETE FROM audit.anchors',
    'TRUNCATE audit.anchors',
    'ALTER TABLE audit.entries DISABLE TRIGGER ALL',
    'DROP TABLE audit.entries CASCADE',
    'DROP SCHEMA audit CASCADE',
    'CREATE OR REPLACE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    'CREATE TABLE audit.mine ()',
    'SET session_replication_role = replica',
    `SET ROLE ${OWNER}`,
    `GRANT ${OWNER} TO CURRENT_USER`,
    'REASSIGN OWNED BY CURRENT_USER TO postgres',
  ])('the database refuses Reviver: %s', async (statement) => {
    await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('nor can it empty a partition, or reach another table by the functions that run as the owner', async () => {
    const { rows } = await app.query(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit.entries'::regclass`,
    );
    await expect(app.query(`DELETE FROM ${rows[0].name}`)).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`DROP TABLE ${rows[0].name}`)).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`SELECT audit.drop_month($1)`, [rows[0].name.replace('audit.', '')])).rejects.toThrow(
      /too young/,
    );
    await expect(app.query(`SELECT audit.drop_month('anchors; DROP TABLE audit.anchors')`)).rejects.toThrow(
      /no partition/,
    );
  });
});
