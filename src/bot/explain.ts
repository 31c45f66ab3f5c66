import { randomBytes } from 'node:crypto';
import { UserError } from '../engine/model/errors.js';
import { parseRecoveryName } from '../engine/model/recovery.js';
import type { Log } from '../engine/ports.js';
import { detailsButton } from './cards/buttons.js';
import { refusalCard } from './cards/notice-card.js';
import { Mistake } from './commands/mistake.js';
import type { Button, Card, ChatInput } from './port.js';

/** What was asked may have been done before the answer was lost. */
const BEFORE_AGAIN = 'Look at the state before you try again.';

/** The one place in chat where errors become words. */
export function explain(error: unknown, input: ChatInput, log: Log): Card {
  if (error instanceof UserError && error.code === 'unavailable')
    return refusalCard(`${error.message} ${BEFORE_AGAIN}`, [{ label: 'Details', command: 'status' }]);
  if (error instanceof UserError) return refusalCard(error.message, wayOut(error));
  const id = randomBytes(4).toString('hex');
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log('error', 'chat:internal_error', { id, platform: input.origin.platform, error: stack });
  return refusalCard(`Something went wrong inside Reviver (error ${id} in its log). ${BEFORE_AGAIN}`, [
    { label: 'Details', command: 'status' },
  ]);
}

/** A refusal that names another recovery leads to it. */
function wayOut(error: UserError): Button[] {
  if (error instanceof Mistake) return error.wayOut;
  const { recovery } = error.facts;
  const id =
    typeof recovery === 'number' ? recovery : typeof recovery === 'string' ? parseRecoveryName(recovery) : undefined;
  return id === undefined ? [] : [detailsButton(id)];
}
