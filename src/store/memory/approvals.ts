import { NotFound } from '../../engine/model/errors.js';
import type { RecoveryStore } from '../../engine/ports.js';
import type { Ledger } from './ledger.js';
import { apply } from './write.js';

/** Questions to people and their answers. */
export function createMemoryApprovals(ledger: Ledger): Pick<RecoveryStore, 'approvals' | 'approval' | 'decide'> {
  return {
    approvals: async (...recoveryIds) =>
      [...ledger.approvals.values()].filter(({ recoveryId }) => recoveryIds.includes(recoveryId)),

    approval: async (id) => ledger.approvals.get(id),

    async decide(id, judge) {
      const approval = ledger.approvals.get(id);
      if (!approval) throw new NotFound('approval', id);
      const snapshot = ledger.recoveries.get(approval.recoveryId);
      if (!snapshot) throw new NotFound('recovery', String(approval.recoveryId));
      const verdict = judge(approval, snapshot, ledger.now());
      if (verdict.kind === 'refused') {
        ledger.tell(approval.recoveryId, [verdict.event]);
        return verdict;
      }
      const { decision, state, useBefore, write } = verdict;
      ledger.approvals.set(id, {
        ...approval,
        decisions: [...approval.decisions, decision],
        state,
        useBefore,
        decidedAt: state === 'pending' ? null : decision.at,
      });
      if (write) apply(ledger, snapshot, write);
      return verdict;
    },
  };
}
