import { beforeAll, describe, expect, test } from '@jest/globals';
import { anchorNow } from '../../../../src/app/audit/anchoring.js';
import { sealAll } from '../../../../src/store/audit/sealer.js';
import { allSealed } from '../../store/audit/all-sealed.js';
import { withStore } from '../../store/open-store.js';
import { asOwner, KEY, patience, sealed, verify } from './ground.js';

const on = withStore();
/** The place in the middle of the acts of this file, which each test changes and puts back. */
let place: number;

beforeAll(async () => {
  await sealed(on, 6);
  const { rows } = await on.pool.query('SELECT max(seq)::int - 3 AS seq FROM audit.entries');
  place = rows[0].seq;
});

const COPY = 'CREATE TABLE kept AS SELECT * FROM audit.entries';
const BACK = ['DELETE FROM audit.entries', 'INSERT INTO audit.entries SELECT * FROM kept', 'DROP TABLE kept'];

test('a chain that nobody touched is intact, and agrees with the event log', async () => {
  const report = await verify(on.pool);
  expect(report.fault).toBeUndefined();
  expect(report.entries).toBe(report.end.seq);
});

describe('an owner who turns the triggers off is found where', () => {
  const changes: [string, (seq: number) => string[], { seq: number; how: string }][] = [
    ['a word was edited', (n) => [`UPDATE audit.entries SET who = 'Lee' WHERE seq = ${n}`], { seq: 0, how: 'edited' }],
    [
      'data were edited',
      (n) => [`UPDATE audit.entries SET data = data || '{"n": 99}' WHERE seq = ${n}`],
      { seq: 0, how: 'edited' },
    ],
    [
      'a microsecond was edited',
      (n) => [`UPDATE audit.entries SET at = at + interval '1 microsecond' WHERE seq = ${n}`],
      { seq: 0, how: 'edited' },
    ],
    [
      'the moment of sealing was edited',
      (n) => [`UPDATE audit.entries SET sealed_at = sealed_at + interval '1 microsecond' WHERE seq = ${n}`],
      { seq: 0, how: 'edited' },
    ],
    ['a row was deleted', (n) => [`DELETE FROM audit.entries WHERE seq = ${n}`], { seq: 0, how: 'missing' }],
    [
      'a row was inserted',
      (n) => [
        `INSERT INTO audit.entries SELECT seq, sealed_at + interval '1 second', event_id, xid, at, 'Eve', what, recovery_id, via, place, why,
           digest, constitution, data, previous, repeat('f', 64) FROM audit.entries WHERE seq = ${n}`,
      ],
      { seq: 0, how: 'edited' },
    ],
    [
      'two rows changed places',
      (n) => [
        `UPDATE audit.entries SET seq = -1 WHERE seq = ${n}`,
        `UPDATE audit.entries SET seq = ${n} WHERE seq = ${n + 1}`,
        `UPDATE audit.entries SET seq = ${n + 1} WHERE seq = -1`,
      ],
      { seq: 0, how: 'edited' },
    ],
  ];
  test.each(changes)('%s', async (_, change, { seq, how }) => {
    await asOwner(on.pool, COPY, ...change(place));
    try {
      expect((await verify(on.pool)).fault).toEqual({ seq: place + seq, how });
    } finally {
      await asOwner(on.pool, ...BACK);
    }
  });

  test('an event was edited after it was sealed', async () => {
    await asOwner(on.pool, `UPDATE events SET actor = 'Eve' WHERE data->>'n' = '3'`);
    expect((await verify(on.pool)).fault).toMatchObject({ how: 'event_differs' });
    await asOwner(on.pool, `UPDATE events SET actor = 'Ann' WHERE data->>'n' = '3'`);
  });

  test('an event was put in with a number of long ago, or of a time to come', async () => {
    for (const xid of ['4', '99999999999']) {
      await on.pool.query(`INSERT INTO events (kind, actor, data, xid) VALUES ('slipped', 'Eve', '{}', $1)`, [xid]);
      await sealAll(on.pool, patience);
      expect((await verify(on.pool)).fault).toMatchObject({ how: 'not_sealed' });
      await asOwner(on.pool, `DELETE FROM events WHERE kind = 'slipped'`);
    }
  });
});

test.each([
  'UPDATE audit.entries SET who = $$x$$',
  'DELETE FROM audit.entries',
  'TRUNCATE audit.entries',
  'DELETE FROM audit.anchors',
])('without turning triggers off even its owner is refused: %s', async (statement) => {
  await anchorNow(on.pool, KEY);
  await expect(on.pool.query(statement)).rejects.toMatchObject({ code: 'RV002' });
});

test('a partition cannot be emptied by itself', async () => {
  const { rows } = await on.pool.query(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit.entries'::regclass`,
  );
  await expect(on.pool.query(`TRUNCATE ${rows[0].name}`)).rejects.toMatchObject({ code: 'RV002' });
});

test('events cannot be changed before they are sealed, either', async () => {
  await expect(on.pool.query(`UPDATE events SET actor = 'Eve'`)).rejects.toMatchObject({ code: 'RV002' });
});

describe('an anchor that was kept outside', () => {
  test('finds a chain whose end was cut off', async () => {
    const anchor = await anchorNow(on.pool, KEY);
    if (!anchor) throw new Error('nothing was signed');
    await asOwner(
      on.pool,
      COPY,
      `DELETE FROM audit.entries WHERE seq > ${anchor.seq - 2}`,
      'DELETE FROM audit.anchors',
    );
    try {
      expect((await verify(on.pool, [anchor])).fault).toEqual({ seq: anchor.seq - 1, how: 'missing' });
      await allSealed(on.pool);
      expect((await verify(on.pool)).fault).toBeUndefined();
      expect((await verify(on.pool, [anchor])).fault).toEqual({ seq: anchor.seq, how: 'rewritten' });
    } finally {
      await asOwner(on.pool, ...BACK);
    }
  });

  test('that names our key without its signature is told', async () => {
    const anchor = await anchorNow(on.pool, KEY);
    if (!anchor) throw new Error('nothing was signed');
    const forged = { ...anchor, hash: 'ab'.repeat(32) };
    expect((await verify(on.pool, [forged])).fault).toEqual({ seq: anchor.seq, how: 'anchor_forged' });
  });
});
