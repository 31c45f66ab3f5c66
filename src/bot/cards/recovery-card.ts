import type { RecoveryView } from '../../engine/engine.js';
import type { RecoveryState } from '../../engine/model/recovery.js';
import type { Card } from '../port.js';
import type { Words } from '../words/words.js';
import { cancelledCard, failedCard, rolledBackCard, succeededCard } from './ended-card.js';
import { withEscalation } from './escalation-card.js';
import { manualCard, rollingBackCard, runningCard } from './running-card.js';
import { approvalCard, noWorkerCard, scheduledCard } from './waiting-card.js';

const CARDS: Record<RecoveryState, (view: RecoveryView, words: Words) => Card> = {
  SCHEDULED: scheduledCard,
  AWAITING_APPROVAL: approvalCard,
  IN_PROGRESS: runningCard,
  AWAITING_MANUAL: manualCard,
  ROLLING_BACK: rollingBackCard,
  SUCCEEDED: succeededCard,
  FAILED: failedCard,
  ROLLED_BACK: rolledBackCard,
  CANCELLED: cancelledCard,
};

/**
 * The live card of a recovery: from its present state alone, never from what an earlier card said. `deadPool`: the pool
 * of its next step, when that has no worker.
 */
export function recoveryCard(view: RecoveryView, words: Words, deadPool?: string): Card {
  const card = deadPool === undefined ? CARDS[view.recovery.state](view, words) : noWorkerCard(view, deadPool, words);
  return withEscalation(card, view, words);
}
