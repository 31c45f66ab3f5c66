import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/engine/approvals/decide.js';
import { question } from '../../../src/engine/approvals/question.js';
import { acquire } from '../../../src/engine/recovery/lease-moves.js';
import { move } from '../../../src/engine/recovery/move.js';
import { aPlan } from '../../support/builders.js';
import { approvalsContract, as, people } from '../../support/contracts/approvals.js';
import { aDraft, aWorker, groundOf, withStore } from './open-store.js';

const on = withStore();

approvalsContract(groundOf(on));

describe('an approval', () => {
  test('is consumed once: a second start with it is impossible, whatever became of the first', async () => {
    const plan = aPlan({ service: 'once', policy: { need: 1, role: 'approver', rule: 'true' } });
    const approval = question(plan.policy, plan.digest, null, 900_000);
    const draft = { ...aDraft('once'), plan, state: 'AWAITING_APPROVAL' as const, approval };
    const { recovery } = await on.store.create(draft);
    const seen = { digest: plan.digest.slice(0, 8) };
    await decide(recovery.id, 'approve', as('Lee'), seen, {
      store: on.store,
      people,
      useWithinMs: 300_000,
      undoOf: () => undefined,
    });
    await on.registry.join(aWorker('w'));
    expect(await taken(recovery.id)).toMatchObject({ ok: true });
    expect((await on.store.approvals(recovery.id))[0]?.state).toBe('consumed');
    await on.pool.query(`UPDATE recoveries SET state = 'SCHEDULED', owner = NULL, started_at = NULL WHERE id = $1`, [
      recovery.id,
    ]);
    expect(await taken(recovery.id)).toEqual({ ok: false, reason: 'unapproved' });
  });

  async function taken(id: number) {
    const snapshot = await on.store.load(id);
    if (!snapshot) throw new Error('gone');
    return on.store.commit(acquire(move(snapshot), aWorker('w'), new Date()));
  }
});
