import { randomBytes } from 'node:crypto';
import type { Because } from '../engine/model/because.js';
import { UserError } from '../engine/model/errors.js';
import { parseRecoveryName } from '../engine/model/recovery.js';
import type { Log } from '../engine/ports.js';
import { detailsButton } from './cards/buttons.js';
import { noPlanCard, refusalCard } from './cards/notice-card.js';
import { Mistake } from './commands/mistake.js';
import type { Button, Card, ChatInput } from './port.js';
import type { EngineWords, RefusalWords } from './words/topics/engine.js';
import type { Words } from './words/words.js';

const LOOK: readonly Button[] = [{ label: 'Details', command: 'status' }];

/** The one place in chat where errors become words. */
export function explain(error: unknown, input: ChatInput, log: Log, words: Words): Card {
  // What was asked may have been done before the answer was lost.
  const { lookBeforeAgain, internal } = words.answers;
  if (error instanceof UserError && error.code === 'unavailable' && !error.because)
    return refusalCard(`${refusalIn(words, error)} ${lookBeforeAgain}`, [...LOOK]);
  if (error instanceof UserError && error.because?.kind === 'no_plan') return noPlanCard(error.because, words);
  if (error instanceof UserError) return refusalCard(refusalIn(words, error), wayOut(error));
  const id = randomBytes(4).toString('hex');
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log('error', 'chat:internal_error', { id, platform: input.origin.platform, error: stack });
  return refusalCard(`${internal(id)} ${lookBeforeAgain}`, [...LOOK]);
}

/** A refusal in one language: all of the sentence, or the engine's own English where there is none. */
export function refusalIn(words: Words, error: UserError): string {
  if (error instanceof Mistake) return error.say(words);
  return (words.engine && bySense(words.engine, error)) ?? error.message;
}

function bySense(engine: EngineWords, { code, facts, because }: UserError): string | undefined {
  if (because) return byKind(engine.refusals, because);
  return code === 'unavailable' && facts.part === 'postgres' ? engine.databaseAway : undefined;
}

function byKind<K extends Because['kind']>(refusals: RefusalWords, because: Because & { kind: K }): string | undefined {
  return refusals[because.kind](because);
}

/** A refusal that names another recovery leads to it. */
function wayOut(error: UserError): Button[] {
  if (error instanceof Mistake) return error.wayOut;
  const { recovery } = error.facts;
  const id =
    typeof recovery === 'number' ? recovery : typeof recovery === 'string' ? parseRecoveryName(recovery) : undefined;
  return id === undefined ? [] : [detailsButton(id)];
}
