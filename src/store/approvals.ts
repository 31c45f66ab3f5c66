import type { Pool, PoolClient } from 'pg';
import type { Approval } from '../engine/model/approval.js';
import { NotFound } from '../engine/model/errors.js';
import type { RecoveryStore, Verdict, Write } from '../engine/ports.js';
import { ADVANCE, SNAPSHOT } from './hot-statements.js';
import { rows, run, transaction } from './query.js';
import { type ApprovalRow, type RecoveryRow, toApproval, toSnapshot } from './rows.js';
import { writeItem } from './write-item.js';

const APPROVAL = `SELECT a.*, r.origin->>'owner' AS owner,
  (SELECT json_agg(d ORDER BY d.at) FROM decisions d WHERE d.approval_id = a.id) AS decisions
FROM approvals a JOIN recoveries r ON r.id = a.recovery_id`;

export function createApprovalQueries(pool: Pool): Pick<RecoveryStore, 'approvals' | 'approval' | 'decide'> {
  return {
    async approvals(...recoveryIds) {
      const ofThem = `${APPROVAL} WHERE a.recovery_id = ANY($1) ORDER BY a.created_at, a.id`;
      const found = await rows<ApprovalRow>(pool, ofThem, [recoveryIds]);
      return found.map(toApproval);
    },

    async approval(id) {
      const [row] = await rows<ApprovalRow>(pool, `${APPROVAL} WHERE a.id = $1`, [id]);
      return row && toApproval(row);
    },

    /** The lock order is recovery, then approval, as in every other write, so that two deciders queue up. */
    async decide(id, judge) {
      return transaction(pool, async (client) => {
        const [owner] = await rows<{ recovery_id: number }>(client, 'SELECT recovery_id FROM approvals WHERE id = $1', [
          id,
        ]);
        if (!owner) throw new NotFound('approval', id);
        await rows(client, 'SELECT 1 FROM recoveries WHERE id = $1 FOR UPDATE', [owner.recovery_id]);
        const approval = await lockedApproval(client, id);
        const [row] = await rows<RecoveryRow>(client, `${SNAPSHOT} WHERE r.id = $1`, [owner.recovery_id]);
        const [clock] = await rows<{ now: Date }>(client, 'SELECT clock_timestamp() AS now');
        if (!row || !clock) throw new NotFound('recovery', String(owner.recovery_id));
        const snapshot = toSnapshot(row);
        const verdict = judge(approval, snapshot, clock.now);
        await applyVerdict(client, approval, verdict, (write) => ({ ...write, before: snapshot }));
        return verdict;
      });
    },
  };
}

async function lockedApproval(client: PoolClient, id: string): Promise<Approval> {
  await rows(client, 'SELECT 1 FROM approvals WHERE id = $1 FOR UPDATE', [id]);
  const [row] = await rows<ApprovalRow>(client, `${APPROVAL} WHERE a.id = $1`, [id]);
  if (!row) throw new NotFound('approval', id);
  return toApproval(row);
}

async function applyVerdict(
  client: PoolClient,
  approval: Approval,
  verdict: Verdict,
  complete: (write: Omit<Write, 'before'>) => Write,
): Promise<void> {
  if (verdict.kind === 'refused') {
    await rows(client, 'INSERT INTO events (recovery_id, kind, actor, data) VALUES ($1, $2, $3, $4)', [
      approval.recoveryId,
      verdict.event.kind,
      verdict.event.actor,
      verdict.event.data,
    ]);
    return;
  }
  const { decision, state, useBefore, write } = verdict;
  await rows(
    client,
    'INSERT INTO decisions (approval_id, principal, roles, by_group, verdict, via) VALUES ($1, $2, $3, $4, $5, $6)',
    [approval.id, decision.principal, decision.roles, decision.byGroup ?? [], decision.verdict, decision.via],
  );
  const decidedAt = state === 'pending' ? null : decision.at;
  await rows(client, 'UPDATE approvals SET state = $2, decided_at = $3, use_before = $4 WHERE id = $1', [
    approval.id,
    state,
    decidedAt,
    useBefore,
  ]);
  if (write) await run(client, ADVANCE, [JSON.stringify([writeItem(complete(write))])]);
}
