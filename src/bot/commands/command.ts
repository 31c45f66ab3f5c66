import type { Engine } from '../../engine/engine.js';
import type { Principal } from '../../engine/model/person.js';
import type { Origin } from '../../engine/model/recovery.js';
import type { Intent } from '../admission.js';
import type { Card, Language } from '../port.js';
import type { Words } from '../words/words.js';
import type { Arguments, OptionSpec } from './arguments.js';
import type { Surroundings } from './doctor.js';

/** Who asks, from where, and what may be used. */
export interface CommandContext {
  engine: Engine;
  who: Principal;
  origin: Origin & { channel: string };
  /** Every command there is: what `help` and suggestions are made from. */
  commands: readonly Command[];
  /** In the language of the channel. */
  words: Words;
  /** What can be told of chat itself. */
  surroundings: Surroundings;
  now(): Date;
}

/** What a command gives back. */
export interface Answer {
  /** For that person alone. */
  card?: Card;
  /** Recovery whose live card shall be seen where this was asked. */
  show?: number;
  /** Incident whose post shall be drawn anew. */
  incident?: number;
}

/** A row of the table of commands; `help` is made from it. */
export interface Command {
  name: string;
  aliases?: readonly string[];
  /** What follows the name: `<R-n> [digest]`. */
  usage: string;
  /** One line, in English. */
  summary: string;
  /** The summary in all other languages. */
  translated: Readonly<Record<Exclude<Language, 'en'>, string>>;
  /** What it may do: decides who is let in. */
  intent: Intent;
  /** A whole command line without `/recover`. */
  example: string;
  options?: OptionSpec;
  /** Reads `key=value` words as parameters. */
  takesParams?: boolean;
  /** What follows its words is one text, taken as it was typed. */
  takesText?: boolean;
  /** Most words that it takes; more are refused. */
  maxWords: number;
  run(args: Arguments, ctx: CommandContext): Promise<Answer>;
}

/** `/recover approve <R-n> [digest]` */
export function usageLine(command: Command): string {
  const words =
    command.name === DEFAULT_COMMAND ? ['/recover', command.usage] : ['/recover', command.name, command.usage];
  return words.filter(Boolean).join(' ');
}

export function summaryOf(command: Pick<Command, 'summary' | 'translated'>, language: Language): string {
  return language === 'en' ? command.summary : command.translated[language];
}

/** The command that is meant when the first word names none. */
export const DEFAULT_COMMAND = 'recover';
