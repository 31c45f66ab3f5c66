import type { WorkerIdentity } from '../ports.js';
import { direction } from './frontier.js';
import { consume, event, type Move, moveTo, setRecovery } from './move.js';

/** A worker takes the recovery: the epoch grows, so that whoever had it before can write no more (D3). */
export function acquire(m: Move, worker: WorkerIdentity, now: Date): Move {
  const { recovery, steps } = m.after;
  const taken = setRecovery(m, { owner: worker.id, epoch: recovery.epoch + 1, wakeAt: now });
  const facts = { worker: worker.id, epoch: recovery.epoch + 1 };
  if (recovery.state !== 'SCHEDULED') {
    if (!recovery.owner) return taken;
    return event(taken, 'recovery.taken_over', 'reviver', { ...facts, from: recovery.owner });
  }
  const first = setRecovery(moveTo(taken, direction(steps) === 'undo' ? 'ROLLING_BACK' : 'IN_PROGRESS', now), {
    attempts: recovery.attempts + 1,
    nextAttemptAt: null,
    startedAt: recovery.startedAt ?? now,
  });
  const started = event(first, 'recovery.started', 'reviver', { ...facts, attempt: recovery.attempts + 1 });
  if (recovery.startedAt !== null || !recovery.approvalId) return started;
  return consume(started, recovery.approvalId, recovery.planDigest);
}

/** Gives the recovery up at a step boundary: to another pool, to a later time, or at shutdown. */
export function release(m: Move, to: { pool: string; wakeAt: Date; why: string }): Move {
  const freed = setRecovery(m, { owner: null, pool: to.pool, wakeAt: to.wakeAt });
  return event(freed, 'recovery.released', 'reviver', { pool: to.pool, reason: to.why });
}
