import { oneLine } from '../cards/words.js';
import { type Arguments, readArguments } from './arguments.js';
import { type Answer, type Command, type CommandContext, DEFAULT_COMMAND, usageLine } from './command.js';
import { Mistake } from './mistake.js';
import { resolveTarget } from './target.js';
import { tokenise } from './tokenise.js';

export interface Invocation {
  command: Command;
  args: Arguments;
}

/** Which command a line means, with what; words that follow no command's name are not counted yet. Pure. Throws only `UserError`. */
export function parseCommand(text: string, commands: readonly Command[]): Invocation {
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
