import { oneLine } from '../cards/words.js';
import { type Arguments, readArguments } from './arguments.js';
import { type Answer, type Command, type CommandContext, DEFAULT_COMMAND, usageLine } from './command.js';
import { Mistake } from './mistake.js';
import { resolveTarget } from './target.js';
import { legible, tokenise, unquoted } from './tokenise.js';

export interface Invocation {
  command: Command;
  args: Arguments;
}

/** Which command a line means, with what; words that follow no command's name are not counted yet. Pure. Throws only `UserError`. */
export function parseCommand(text: string, commands: readonly Command[]): Invocation {
  const said = saidAsText(text, commands);
  if (said) return said;
  const tokens = tokenise(text);
  const first = tokens[0]?.toLowerCase();
  const named = commands.find(
    (command) => command.name === first || (first !== undefined && command.aliases?.includes(first)),
  );
  const command = named ?? commands.find((candidate) => candidate.name === DEFAULT_COMMAND);
  if (!command) throw new Mistake('not_found', ({ mistakes }) => mistakes.noCommand);
  const args = readArguments(named ? tokens.slice(1) : tokens, command.options ?? {}, command.takesParams ?? false);
  const extra = args.words[command.maxWords];
  if (named && extra !== undefined) throw tooMany(named, extra);
  return { command, args };
}

/** A command that ends in a text of its own: nothing in that is an option, a parameter or a quote to be closed. */
function saidAsText(text: string, commands: readonly Command[]): Invocation | undefined {
  const [, name = '', rest = ''] = /^\s*(\S+)\s*([\s\S]*)$/u.exec(legible(text)) ?? [];
  const command = commands.find((one) => one.takesText && one.name === name.toLowerCase());
  if (!command) return undefined;
  const [, word, said = ''] = /^(\S+)\s*([\s\S]*)$/u.exec(rest) ?? [];
  const words = word === undefined ? [] : [word];
  return { command, args: { words, params: {}, options: {}, text: unquoted(said.trim()) } };
}

/** Typed or clicked: one path. */
export async function runCommand(text: string, ctx: CommandContext): Promise<Answer> {
  const { command, args } = parseCommand(text, ctx.commands);
  const extra = args.words[command.maxWords];
  if (extra === undefined) return command.run(args, ctx);
  // `aprove R-1`: the first word is what is wrong, not the second.
  resolveTarget(args.words[0] ?? '', ctx);
  throw tooMany(command, extra);
}

function tooMany(command: Command, word: string): Mistake {
  return new Mistake('malformed', ({ mistakes }) => mistakes.tooManyWords(oneLine(word, 60), usageLine(command)));
}
