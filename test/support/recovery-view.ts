import type { RecoveryView } from '../../src/engine/engine.js';
import type { Feedback } from '../../src/engine/feedback/feedback.js';
import type { Approval } from '../../src/engine/model/approval.js';
import type { Plan, PlannedStep } from '../../src/engine/model/plan.js';
import type { Recovery, RecoveryStep } from '../../src/engine/model/recovery.js';
import { anApproval, aPlan, aPlannedStep, aRecovery, aStep, T0 } from './builders.js';

/** The moment of all fixtures; `ago` counts back from it. */
export const NOW = T0;
export const ago = (ms: number, from = NOW) => new Date(+from - ms);

export const DIGEST = '7f3a91c2'.padEnd(64, '0');

export function plannedStep(over: Partial<PlannedStep> = {}): PlannedStep {
  return aPlannedStep('stop', { name: 'Stop redis', idempotent: true, ...over });
}

const STEPS: PlannedStep[] = [
  plannedStep(),
  plannedStep({
    id: 'restore',
    name: 'Restore backup redis_backup of 04:15',
    action: 'restore_backup',
    risk: 0.4,
    stage: 1,
  }),
  plannedStep({ id: 'start', name: 'Start redis', action: 'start_service', stage: 2 }),
  plannedStep({ id: 'verify', name: 'Verify: PING answers', action: 'check_health', risk: 0, stage: 3 }),
];

export const NOTHING_SAID: Feedback = { ratings: [], notes: [] };

export function plan(over: Partial<Plan> = {}): Plan {
  return aPlan({
    params: { backup: 'redis_backup' },
    steps: STEPS,
    riskScore: 0.1,
    risk: 0.4,
    riskReasons: ['restores data', 'shop-web depends on it'],
    explanation: 'worked 9 of 10 times, median 12 s',
    alternatives: [
      { kind: 'strategy', name: 'restart', reason: '6 of 14' },
      { kind: 'strategy', name: 'recreate', reason: 'no history' },
    ],
    targets: [],
    policy: { need: 1, role: 'approver', rule: 'risk < 0.7' },
    digest: DIGEST,
    ...over,
  });
}

export function step(position: number, over: Partial<RecoveryStep> = {}): RecoveryStep {
  const { id, name, action, input, risk } = STEPS[position] ?? plannedStep();
  return aStep(position, { id, name, action, input, risk, idempotent: true, ...over });
}

/** A step that took `ms` and ended `endedAgo` before now. */
export function done(position: number, ms: number, endedAgo: number, summary?: string): RecoveryStep {
  const result = summary === undefined ? {} : { summary };
  return step(position, {
    state: 'succeeded',
    attempts: 1,
    startedAt: ago(endedAgo + ms),
    endedAt: ago(endedAgo),
    result,
  });
}

export function undo(position: number, undoes: number, over: Partial<RecoveryStep> = {}): RecoveryStep {
  const of = step(undoes);
  return {
    ...of,
    position,
    stage: position,
    kind: 'undo',
    undoes,
    id: `undo_${of.id}`,
    name: `Undo: ${of.name}`,
    ...over,
  };
}

export function approval(over: Partial<Approval> = {}): Approval {
  return anApproval({
    id: 'q1',
    recoveryId: 41,
    digest: DIGEST,
    createdAt: ago(60_000),
    expiresAt: ago(-14 * 60_000),
    ...over,
  });
}

export const APPROVED_BY_LEE = approval({
  state: 'consumed',
  decisions: [{ principal: 'Lee', roles: ['approver'], verdict: 'approve', via: 'console', at: ago(8_000) }],
});

export interface ViewParts extends Partial<Omit<RecoveryView, 'recovery'>> {
  recovery?: Partial<Recovery>;
}

export function recoveryView({ recovery, ...over }: ViewParts = {}): RecoveryView {
  return {
    recovery: aRecovery({
      id: 41,
      state: 'IN_PROGRESS',
      plan: plan(),
      priority: 1,
      epoch: 1,
      wakeAt: null,
      attempts: 1,
      createdAt: ago(60_000),
      ...recovery,
    }),
    steps: [step(0), step(1), step(2), step(3)],
    approvals: [],
    feedback: NOTHING_SAID,
    mayApprove: ['Lee', 'Max'],
    verbs: [],
    at: NOW,
    ...over,
  };
}
