import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.js';
import { UserError } from '../engine/model/errors.js';
import { parseRecoveryName } from '../engine/model/recovery.js';
import type { Log } from '../engine/ports.js';
import { detailsButton } from './cards/buttons.js';
import { refusalCard } from './cards/notice-card.js';
import { oneLine } from './cards/words.js';
import type { ChatStore } from './chat-store.js';
import type { Answer, Command, CommandContext } from './commands/command.js';
import { Mistake } from './commands/mistake.js';
import { runCommand } from './commands/run-command.js';
import { principalOf } from './identity.js';
import type { LiveCards } from './live/live-cards.js';
import type { Button, Card, ChatInput, OnInput, Reply } from './port.js';

export interface ConversationOptions {
  engine: Engine;
  store: Pick<ChatStore, 'firstSeen'>;
  live: Pick<LiveCards, 'changed' | 'incidentChanged' | 'show'>;
  commands: readonly Command[];
  log: Log;
  now(): Date;
}

/**
 * What happens with everything that people type and click, in this order: seen before? who is it? what is meant? do it;
 * answer privately. Nothing here waits for a step. Never throws.
 */
export function createConversation(options: ConversationOptions): OnInput {
  const { engine, live, commands, log, now } = options;
  const isFirst = createDedupe(options);

  async function answer(input: ChatInput): Promise<Card | undefined> {
    const who = principalOf(input, engine.people());
    if (!who) return await refuseStranger(input, options);
    const context: CommandContext = { engine, who, origin: input.origin, commands, now };
    const given = await runCommand(input.text, context);
    await showAnswer(given, input);
    return given.card;
  }

  async function showAnswer({ show, incident }: Answer, { origin }: ChatInput): Promise<void> {
    if (incident !== undefined) live.incidentChanged(incident);
    if (show === undefined) return;
    live.changed(show);
    // The command has been carried out: a card that cannot be shown yet is no failure of it.
    await live
      .show(show, origin)
      .catch((error: unknown) => log('warn', 'chat:show_failed', { recovery: show, error: String(error) }));
  }

  return async (input, reply) => {
    if (!(await isFirst(input))) return;
    const card = await answer(input).catch((error: unknown) => explain(error, input, log));
    if (card) await say(reply, card, input, log);
  };
}

const REMEMBERED = 5_000;

/** Durable where the database answers; while it does not, this process alone remembers. */
function createDedupe({ store, log }: ConversationOptions): (input: ChatInput) => Promise<boolean> {
  const recent = new Set<string>();
  return async ({ id, origin }) => {
    const key = `${origin.platform}:${id}`;
    if (recent.has(key)) return false;
    if (recent.size >= REMEMBERED) recent.clear();
    recent.add(key);
    try {
      return await store.firstSeen(origin.platform, id);
    } catch (error) {
      log('warn', 'chat:dedupe_in_memory', { platform: origin.platform, error: String(error) });
      return true;
    }
  };
}

async function refuseStranger(input: ChatInput, { engine, log }: ConversationOptions): Promise<Card> {
  const { platform, channel } = input.origin;
  const facts = {
    platform,
    channel,
    clicked: input.clicked !== undefined,
    command: oneLine(input.text.split(/\s/)[0] ?? '', 40),
  };
  await engine
    .refused('chat.unknown_person', `${platform}:${oneLine(input.user, 80)}`, facts)
    .catch((error: unknown) => log('error', 'chat:refusal_not_recorded', { error: String(error) }));
  return refusalCard(
    `Reviver does not know you here, so nothing was done. Someone who keeps its configuration can add you: people, ${platform}: ${oneLine(input.user, 80)}.`,
  );
}

/** What was asked may have been done before the answer was lost. */
const BEFORE_AGAIN = 'Look at the state before you try again.';

/** The one place in chat where errors become words. */
function explain(error: unknown, input: ChatInput, log: Log): Card {
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

async function say(reply: Reply, card: Card, input: ChatInput, log: Log): Promise<void> {
  await reply
    .privately(card)
    .catch((error: unknown) =>
      log('warn', 'chat:reply_failed', { platform: input.origin.platform, error: String(error) }),
    );
}
