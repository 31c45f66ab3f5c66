import type { RecoveryView } from '../../engine/engine.js';
import { isTerminal, waitsForPerson } from '../../engine/model/recovery.js';
import type { Urgency } from '../port.js';

/** Elapsed seconds on a running card; minutes on a waiting one. */
const RUNNING_MS = 5_000;
const WAITING_MS = 60_000;

/**
 * Milliseconds after which a card must be drawn again although nothing was signalled, because it shows durations; also
 * what repairs a lost signal. null: it has ended.
 */
export function refreshMs(view: RecoveryView): number | null {
  if (isTerminal(view.recovery.state)) return null;
  if (!waitsForPerson(view.recovery.state)) return RUNNING_MS;
  const half = halfTime(view);
  const untilHalf = half === undefined ? WAITING_MS : +half - +view.at;
  return untilHalf > 0 ? Math.min(WAITING_MS, untilHalf + 10) : WAITING_MS;
}

/** What is served first: 0 people are needed, 1 an end, 2 progress. */
export function urgency(view: RecoveryView): Urgency {
  if (waitsForPerson(view.recovery.state)) return 0;
  return isTerminal(view.recovery.state) || justDecided(view) ? 1 : 2;
}

const JUST_MS = 5_000;

/** Whoever pressed a button sees at once that it was heard. */
function justDecided({ approvals, at }: RecoveryView): boolean {
  return approvals.some(({ decidedAt }) => decidedAt !== null && +at - +decidedAt < JUST_MS);
}

/** The moment between asking and expiry, at which people are asked once more. */
export function halfTime(view: RecoveryView): Date | undefined {
  const open = view.approvals.find((approval) => approval.state === 'pending');
  return open && new Date((+open.createdAt + +open.expiresAt) / 2);
}
