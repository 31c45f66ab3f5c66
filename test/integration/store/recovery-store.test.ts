import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/engine/model/recovery.js';
import type { RecoveryDraft } from '../../../src/engine/ports.js';
import { acquire } from '../../../src/engine/recovery/lease-moves.js';
import { type Move, move } from '../../../src/engine/recovery/move.js';
import { cancelIdle } from '../../../src/engine/recovery/person-moves.js';
import { ACTIVE } from '../../../src/store/recovery-store.js';
import { recoveryStoreContract } from '../../support/contracts/recovery-store.js';
import { eventually } from '../../support/index.js';
import { aDraft, aWorker, groundOf, withStore } from './open-store.js';

const on = withStore();
const now = () => new Date();

recoveryStoreContract(groundOf(on));

async function created(draft: RecoveryDraft): Promise<Snapshot> {
  const { recovery } = await on.store.create(draft);
  const snapshot = await on.store.load(recovery.id);
  if (!snapshot) throw new Error(`recovery ${recovery.id} is not there`);
  return snapshot;
}

async function committed(made: Move): Promise<Snapshot> {
  expect(await on.store.commit(made)).toMatchObject({ ok: true });
  return { ...made.after, recovery: { ...made.after.recovery, revision: made.before.recovery.revision + 1 } };
}

async function finish(snapshot: Snapshot): Promise<void> {
  await committed(cancelIdle(move(snapshot), 'test', now()));
}

describe('a stored recovery', () => {
  test('has one plan, however many ask for it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => on.store.create(aDraft('one-plan'))));
    const { rows } = await on.pool.query(`SELECT count(*)::int AS n FROM plans WHERE body->>'service' = 'one-plan'`);
    expect(rows[0].n).toBe(1);
    const snapshot = await on.store.load(answers[0]?.recovery.id ?? 0);
    if (snapshot) await finish(snapshot);
  });

  test('the active ones are found by their own index, however long the past is', async () => {
    const client = await on.pool.connect();
    try {
      await client.query('SET enable_seqscan = off');
      const { rows } = await client.query(`EXPLAIN SELECT FROM recoveries WHERE ${ACTIVE}`);
      expect(JSON.stringify(rows)).toContain('one_active_recovery_a_service');
    } finally {
      client.release(true);
    }
  });
});

describe('taking', () => {
  test('of a worker that has not renewed its lease is offered, but not right after Postgres itself began', async () => {
    await on.registry.join(aWorker('w-old'));
    const held = await committed(acquire(move(await created(aDraft('left'))), aWorker('w-old'), now()));
    await on.pool.query(`UPDATE workers SET beat_at = now() - interval '1 hour' WHERE id = 'w-old'`);
    const { rows } = await on.pool.query('SELECT extract(epoch FROM now() - pg_postmaster_start_time()) > 8 AS old');
    const due = await on.store.due(aWorker('w1'), [], [], 20);
    expect(due).toHaveLength(rows[0].old ? 1 : 0);
    await finish(held);
  });
});

describe('a move', () => {
  test('of many recoveries shares commits, and each result is its own', async () => {
    const snapshots = await Promise.all(
      Array.from({ length: 40 }, (_, n) => created(aDraft(`many-${n}`, { wakeInMs: 60_000 }))),
    );
    const seen = new Set<string>();
    const results = await Promise.all(
      snapshots.map((snapshot, n) => {
        const stale = n % 10 === 0 ? { ...snapshot, recovery: { ...snapshot.recovery, revision: 7 } } : snapshot;
        return on.store.commit({ ...cancelIdle(move(stale), 'test', now()), close: undefined });
      }),
    );
    expect(results.map(({ ok }) => ok)).toEqual(snapshots.map((_, n) => n % 10 !== 0));
    const { rows } = await on.pool.query(
      `SELECT DISTINCT xid::text FROM events WHERE kind = 'recovery.cancelled' AND data->>'service' LIKE 'many-%'`,
    );
    for (const row of rows) seen.add(row.xid);
    expect(seen.size).toBeLessThan(10);
    for (const snapshot of snapshots.filter((_, n) => n % 10 === 0)) await finish(snapshot);
  });
});

describe('the event log', () => {
  test('is followed in commit order: a transaction that began early and ended late is not passed over', async () => {
    const { cursor } = await on.store.eventsSince(null, 0);
    const slow = await on.pool.connect();
    await slow.query('BEGIN');
    await slow.query(`INSERT INTO events (kind, actor, data) VALUES ('slow', 'x', '{}')`);
    await on.store.record(null, [{ kind: 'quick', actor: 'x', data: {} }]);
    const early = await on.store.eventsSince(cursor, 10);
    expect(early.events).toEqual([]);
    await slow.query('COMMIT');
    slow.release();
    // Another file's transaction on the same server may be older still.
    const late = await eventually(
      async () => {
        const found = await on.store.eventsSince(early.cursor, 10);
        expect(found.events.map(({ kind }) => kind)).toEqual(['slow', 'quick']);
        return found;
      },
      { timeoutMs: 10_000 },
    );
    expect((await on.store.eventsSince(late.cursor, 10)).events).toEqual([]);
    const [first] = late.events;
    const resumed = await on.store.eventsSince((await on.store.eventsSince(`#${first?.id}`, 0)).cursor, 10);
    expect(resumed.events.map(({ kind }) => kind)).toEqual(['quick']);
  });

  test('lies in monthly partitions', async () => {
    const { rows } = await on.pool.query(
      `SELECT tableoid::regclass::text AS partition, count(*) FROM events GROUP BY 1`,
    );
    const month = new Date().toISOString().slice(0, 7).replace('-', '_');
    expect(rows.map((row) => row.partition)).toEqual([`events_${month}`]);
  });
});
