import { generateKeyPairSync } from 'node:crypto';
import type { Pool } from 'pg';
import { type AuditReport, verifyAudit } from '../../../../src/app/audit/verify.js';
import { BEGINNING, seal } from '../../../../src/engine/audit/chain.js';
import { factOf } from '../../../../src/engine/audit/fact.js';
import type { StoredAnchor } from '../../../../src/store/audit/anchors.js';
import { append } from '../../../../src/store/audit/append.js';
import { allSealed } from '../../store/audit/all-sealed.js';
import type { OpenStore } from '../../store/open-store.js';

export const patience = new AbortController().signal;
export const KEY = generateKeyPairSync('ed25519');

/** That many acts, sealed one by one. */
export async function sealed(on: OpenStore, acts: number): Promise<void> {
  for (let n = 0; n < acts; n += 1)
    await on.store.record(null, [{ kind: 'test.act', actor: 'Ann', data: { n, reason: `because, "${n}"\nof é` } }]);
  await allSealed(on.pool);
}

export function verify(pool: Pool, outside: StoredAnchor[] = []): Promise<AuditReport> {
  return verifyAudit(pool, { keys: [KEY.publicKey], outside, signal: patience });
}

/** As an owner who turns the triggers off can. */
export async function asOwner(pool: Pool, ...statements: string[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`SET session_replication_role = replica`);
    for (const statement of statements) await client.query(statement);
    await client.query('RESET session_replication_role');
  } finally {
    client.release();
  }
}

/** A month of acts that was sealed so many months ago, at the beginning of the chain; its events are gone since. */
export async function sealedLongAgo(pool: Pool, monthsAgo: number, acts: number): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query(
      `SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1), 'YYYY-MM-15"T"00:00:00.000000"Z"') AS at`,
      [monthsAgo],
    );
    const { at } = rows[0];
    await client.query('SELECT audit.open_month($1)', [at]);
    const last = (await client.query('SELECT seq::int, hash FROM audit.entries ORDER BY seq DESC LIMIT 1')).rows[0];
    const act = { event_id: '0', xid: '3', at, kind: 'old', actor: 'Ann', recovery_id: null, constitution: null };
    const facts = Array.from({ length: acts }, (_, n) =>
      factOf({ ...act, data: `{"n": ${n}}`, of_recovery: null }, at),
    );
    await append(client, seal(facts, last ?? BEGINNING));
  } finally {
    client.release();
  }
}
