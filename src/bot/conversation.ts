import type { Engine } from '../engine/engine.js';
import type { Log } from '../engine/ports.js';
import { type createAdmission, factsOf, heardFacts, type Intent } from './admission.js';
import { noticeCard } from './cards/notice-card.js';
import { oneLine, quotable } from './cards/words.js';
import type { Answer, Command, CommandContext } from './commands/command.js';
import type { Surroundings } from './commands/doctor.js';
import { Mistake } from './commands/mistake.js';
import { parseCommand, runCommand } from './commands/run-command.js';
import { explain } from './explain.js';
import type { Handle } from './intake.js';
import type { LiveCards } from './live/live-cards.js';
import type { Card, ChatInput, ChatPlatform, Language } from './port.js';
import { wordsOf } from './words/languages.js';
import type { Words } from './words/words.js';

export interface ConversationOptions {
  engine: Engine;
  admit: ReturnType<typeof createAdmission>;
  platforms: ReadonlyMap<string, Pick<ChatPlatform, 'reply'>>;
  live: Pick<LiveCards, 'changed' | 'incidentChanged' | 'show'>;
  commands: readonly Command[];
  surroundings: Surroundings;
  /** What people of a channel read. */
  language(platform: string, channel: string): Language;
  log: Log;
  now(): Date;
}

/** What was typed so long ago, while Reviver was away, may no longer be meant. */
const TOO_OLD_MS = 5 * 60_000;

/**
 * What happens with everything that people type and click, in this order: who is it? what is meant? do it; answer
 * privately. Nothing here waits for a step.
 */
export function createConversation(options: ConversationOptions): Handle {
  const { engine, admit, live, commands, surroundings, log, now } = options;

  async function answer(input: ChatInput, words: Words): Promise<Card | undefined> {
    const who = await admit(input, intentOf(input, commands));
    await engine.heard(who.name, heardFacts(input));
    const origin = { ...input.origin, request: input.id, ...(input.facts?.private === true ? { private: true } : {}) };
    const context: CommandContext = { engine, who, origin, commands, words, surroundings, now };
    const given = await runCommand(input.text, context).catch(async (error: unknown) => {
      await recordRefusal(error, input, who.name);
      throw error;
    });
    await showAnswer(given, input);
    return given.card;
  }

  /** A click that was refused is always in the log; what people mistype is not. The engine records what it refuses itself. */
  async function recordRefusal(error: unknown, input: ChatInput, name: string): Promise<void> {
    if (!input.clicked || !(error instanceof Mistake)) return;
    await engine
      .refused('chat.refused_click', name, { ...factsOf(input), reason: oneLine(error.message, 200) })
      .catch((failed: unknown) => log('error', 'chat:refusal_not_recorded', { error: String(failed) }));
  }

  async function showAnswer({ show, incident }: Answer, { origin }: ChatInput): Promise<void> {
    if (incident !== undefined) live.incidentChanged(incident);
    if (show === undefined) return;
    live.changed(show);
    // The command has been carried out: a card that cannot be shown yet is no failure of it.
    await live
      .show(show, { platform: origin.platform, channel: origin.channel })
      .catch((error: unknown) => log('warn', 'chat:show_failed', { recovery: show, error: String(error) }));
  }

  return async (input, ageMs) => {
    const words = wordsOf(options.language(input.origin.platform, input.origin.channel));
    const card =
      ageMs > TOO_OLD_MS
        ? tooOld(input, ageMs, words)
        : await answer(input, words).catch((error: unknown) => explain(error, input, log, words));
    if (!card) return;
    await options.platforms
      .get(input.origin.platform)
      ?.reply(input, card)
      .catch((error: unknown) =>
        log('warn', 'chat:reply_failed', { platform: input.origin.platform, error: String(error) }),
      );
  };
}

/** What cannot be read changes nothing. */
function intentOf({ text }: ChatInput, commands: readonly Command[]): Intent {
  try {
    return parseCommand(text, commands).command.intent;
  } catch {
    return 'look';
  }
}

function tooOld({ text }: ChatInput, ageMs: number, { answers }: Words): Card {
  return noticeCard(answers.tooOld(quotable(text, 80), ageMs), [{ label: 'Details', command: 'status' }]);
}
