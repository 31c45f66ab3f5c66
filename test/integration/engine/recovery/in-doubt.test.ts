import { describe, expect, test } from '@jest/globals';
import type { ApprovalDraft } from '../../../../src/engine/ports.js';
import { acquire } from '../../../../src/engine/recovery/lease-moves.js';
import { type Move, move } from '../../../../src/engine/recovery/move.js';
import { aPlan } from '../../../support/builders.js';
import { eventually } from '../../../support/index.js';
import { aDraft, aWorker, withStore } from '../../store/open-store.js';

const on = withStore();
const now = () => new Date();

async function taking(service: string, worker: string, over: Parameters<typeof aDraft>[1] = {}): Promise<Move> {
  const { recovery } = await on.store.create(aDraft(service, over));
  const snapshot = await on.store.load(recovery.id);
  if (!snapshot) throw new Error('it is not there');
  return acquire(move(snapshot), aWorker(worker), now());
}

async function end(...moves: Move[]): Promise<void> {
  const ids = moves.map((made) => made.after.recovery.id);
  await on.pool.query('UPDATE slots SET recovery_id = NULL WHERE recovery_id = ANY($1)', [ids]);
  await on.pool.query('DELETE FROM recoveries WHERE id = ANY($1)', [ids]);
}

describe('a take whose reply was lost', () => {
  test('and that was not stored is not mistaken for that of another worker in the same epoch', async () => {
    await on.registry.join(aWorker('w1'));
    const mine = await taking('same-epoch', 'w1');
    const theirs = { ...acquire(move(mine.before), aWorker('w2'), now()) };
    expect(await on.store.commit(theirs)).toMatchObject({ ok: true });
    expect(await on.store.commit(mine, true)).toEqual({ ok: false, reason: 'lost' });
    await end(mine);
  });

  test('and that consumed an approval is found to be there', async () => {
    const { digest } = aPlan({ service: 'approved' });
    const approval: ApprovalDraft = {
      id: 'yes',
      step: null,
      digest,
      need: 1,
      role: 'approver',
      including: null,
      expiresInMs: 60_000,
    };
    const made = await taking('approved', 'w1', { approval, state: 'SCHEDULED' });
    await on.pool.query(`UPDATE approvals SET state = 'approved', use_before = now() + interval '1 minute'`);
    expect(made.consume).toHaveLength(1);
    const first = await on.store.commit(made);
    expect(first).toMatchObject({ ok: true });
    expect(await on.store.commit(made, true)).toEqual(first);
    await end(made);
  });
});

describe('a deadlock', () => {
  test("is nobody's business but the store's: what was rolled back is sent again", async () => {
    const made = await taking('deadlocked', 'w1', { claims: ['x', 'y'] });
    const other = await on.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query(`INSERT INTO claims SELECT 'y', $1`, [made.after.recovery.id]);
      const committed = on.store.commit(made);
      const waits = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      await eventually(async () => expect((await on.pool.query(waits)).rowCount).toBe(1));
      // Whoever waited first finds the deadlock, and is the one that is rolled back.
      await other.query('UPDATE recoveries SET reason = reason WHERE id = $1', [made.after.recovery.id]);
      await other.query('ROLLBACK');
      expect(await committed).toMatchObject({ ok: true });
    } finally {
      other.release();
    }
    await end(made);
  });
});

describe('a worker', () => {
  test('whose row was swept while it was away is there again after its next beat', async () => {
    const worker = aWorker('swept');
    await on.registry.join(worker);
    await on.pool.query(`DELETE FROM workers WHERE id = 'swept'`);
    await on.registry.beat('swept');
    expect(await on.registry.list()).toContainEqual(expect.objectContaining({ id: 'swept' }));
  });

  test('is offered what it owns and does not have in hand; nobody else is', async () => {
    const worker = aWorker('loser');
    await on.registry.join(worker);
    const made = await taking('fallen', 'loser');
    await on.store.commit(made);
    const { id } = made.after.recovery;
    const offered = async (who: string, inHand: number[]) =>
      (await on.store.due(aWorker(who), [], inHand, 10)).map(({ snapshot }) => snapshot.recovery.id);
    expect(await offered('loser', [id])).toEqual([]);
    expect(await offered('w1', [])).toEqual([]);
    expect(await offered('loser', [])).toEqual([id]);
    await end(made);
  });
});
