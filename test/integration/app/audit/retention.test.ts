import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { anchorNow, dropOldMonths } from '../../../../src/app/audit/anchoring.js';
import { verifyAudit } from '../../../../src/app/audit/verify.js';
import { dropMonth } from '../../../../src/store/audit/months.js';
import { withStore } from '../../store/open-store.js';
import { asOwner, KEY, patience, sealed, sealedLongAgo, verify } from './ground.js';

const on = withStore();

const months = async () =>
  (
    await on.pool.query(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'audit.entries'::regclass ORDER BY 1`,
    )
  ).rows.map(({ name }) => String(name));

test('a month is dropped when its end is signed, and what is left is verified from there', async () => {
  await sealedLongAgo(on.pool, 4, 3);
  await sealedLongAgo(on.pool, 3, 2);
  await sealed(on, 3);
  const [oldest = '', second = '', now = ''] = await months();

  await expect(dropMonth(on.pool, oldest)).rejects.toThrow(/no signed anchor at its end, entry 3/);
  await anchorNow(on.pool, KEY);
  await expect(dropMonth(on.pool, oldest)).rejects.toThrow(/no signed anchor/);
  await expect(dropMonth(on.pool, second)).rejects.toThrow(/drop that first/);
  await expect(dropMonth(on.pool, now)).rejects.toThrow(/too young/);
  await expect(dropMonth(on.pool, 'anchors')).rejects.toThrow(/no partition/);

  expect(await dropOldMonths(on.pool, 3, KEY, patience)).toEqual([oldest]);
  expect(await dropOldMonths(on.pool, 1, KEY, patience)).toEqual([second]);
  expect(await dropOldMonths(on.pool, 1, KEY, patience)).toEqual([]);
  expect(await verify(on.pool)).toMatchObject({ fault: undefined, after: { seq: 5 } });
});

test('without the key that signed it, nobody believes where a chain was cut', async () => {
  const stranger = generateKeyPairSync('ed25519').publicKey;
  const { fault, unknown } = await verifyAudit(on.pool, { keys: [stranger], signal: patience });
  expect(fault).toEqual({ seq: 5, how: 'anchor_missing' });
  expect(unknown.length).toBeGreaterThan(0);
});

test('entries that went with their month beyond the signed end are found', async () => {
  await asOwner(
    on.pool,
    'CREATE TABLE kept AS SELECT * FROM audit.entries WHERE seq = 6',
    'DELETE FROM audit.entries WHERE seq = 6',
  );
  expect((await verify(on.pool)).fault).toEqual({ seq: 6, how: 'anchor_missing' });
  await asOwner(on.pool, 'INSERT INTO audit.entries SELECT * FROM kept', 'DROP TABLE kept');
});
