import { expect, test } from '@jest/globals';
import { act } from '../../../src/engine/use-cases/act.js';
import { aPlan } from '../../support/builders.js';
import { ANN, world } from '../../unit/engine/use-cases/memory-ports.js';
import { aDraft, withStore } from './open-store.js';

const on = withStore();

/** Ends a recovery, as if it had failed. */
const end = (id: number) =>
  on.pool.query(`UPDATE recoveries SET state = 'FAILED', wake_at = NULL, ended_at = now() WHERE id = $1`, [id]);

test('the same press of Retry, handled again after a SIGKILL, starts nothing a second time, also when the first one has ended', async () => {
  const { recovery: failed } = await on.store.create(aDraft('redis'));
  await end(failed.id);
  const { ports } = world([], { store: on.store, makePlan: async () => aPlan() });
  const press = async (request: string) => (await act(failed.id, 'retry', ANN, ports, { request })).view.recovery.id;
  const first = await press('slack:press-1');
  expect(await press('slack:press-1')).toBe(first);
  await end(first);
  expect(await press('slack:press-1')).toBe(first);
  expect(await press('slack:press-2')).not.toBe(first);
});

test('whose program asked is known with the question', async () => {
  const { pool, store } = on;
  const approval = { id: 'q-owner', step: null, digest: 'd', need: 1, role: 'approver', including: null } as const;
  const { recovery } = await store.create({
    ...aDraft('web'),
    state: 'AWAITING_APPROVAL',
    requestedBy: 'token:ci',
    origin: { platform: 'api', owner: 'Ann' },
    approval: { ...approval, expiresInMs: 60_000 },
  });
  expect(await store.approvals(recovery.id)).toMatchObject([{ requestedBy: 'token:ci', owner: 'Ann' }]);
  expect(await store.approval('q-owner')).toMatchObject({ owner: 'Ann' });
  expect((await pool.query('SELECT 1 FROM approvals')).rowCount).toBe(1);
});
