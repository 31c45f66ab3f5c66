import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SHELL_NAMES } from '../../../src/app/cli/break-glass/names.js';
import { buildProgram } from '../../../src/app/cli/program.js';
import { DEFAULT_COMMAND } from '../../../src/bot/commands/command.js';
import { parseCommand } from '../../../src/bot/commands/run-command.js';
import { COMMANDS } from '../../../src/bot/commands/table.js';
import { blocks, codeSpans } from './markdown.js';

const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;

/** Command lines of a document: lines of its shell blocks, and what stands in backticks; `/recover ...` means all of them. */
export function commandLines(text: string): string[] {
  const lines = blocks(text, 'sh').flatMap((block) => block.split('\n'));
  const commands = [...lines, ...codeSpans(text)].flatMap((line) => line.replace(/\s#\s.*$/, '').split('&&'));
  return commands
    .map((line) => line.trim())
    .filter((line) => /^(reviver |npm |\/recover( |$))/.test(line) && !line.endsWith(' ...'));
}

/** Why a command line would not work, if it would not. */
export function commandProblem(line: string): string | undefined {
  const [program, ...words] = line.split(/\s+/);
  const [name = ''] = words;
  if (program === 'reviver' && SHELL_NAMES.some((known) => known === name)) return chatProblem(asInChat(line));
  if (program === 'reviver') return reviverProblem(line, words, buildProgram());
  if (program === 'npm') return npmProblem(line, words);
  return chatProblem(line);
}

/** Commands of chat can be typed at a shell, too. */
function asInChat(line: string): string {
  const [said = ''] = line.replace(/ --wait\b/, '').split(' #');
  return said.trim().replace(/^reviver (recover )?/, '/recover ');
}

function reviverProblem(line: string, words: readonly string[], command: Command): string | undefined {
  const [first = ''] = words;
  const below = command.commands.find((candidate) => candidate.name() === first);
  if (below) return reviverProblem(line, words.slice(1), below);
  if (command.commands.length > 0) return `${line}: there is no command "${first}"`;
  const flags = words.filter((word) => word.startsWith('--'));
  const unknown = flags.find((flag) => !command.options.some(({ long }) => long === flag));
  if (unknown) return `${line}: ${command.name()} has no option ${unknown}`;
  const missing =
    flags.length > 0 && command.options.find(({ mandatory, long }) => mandatory && !flags.includes(long ?? ''));
  return missing ? `${line}: ${missing.long} is missing` : undefined;
}

function npmProblem(line: string, [verb = '', ...rest]: readonly string[]): string | undefined {
  if (verb === 'ci') return undefined;
  const script = verb === 'run' ? rest[0] : verb;
  if (script === undefined || !(script in scripts)) return `${line}: package.json has no script "${script}"`;
  const behind = rest.includes('--') ? rest.slice(rest.indexOf('--') + 1) : [];
  if (script === 'demo') return reviverProblem(line, ['demo', ...behind], buildProgram());
  const missing = behind.find((word) => word.includes('/') && !existsSync(word));
  return missing && `${line}: there is no ${missing}`;
}

/** Words of the examples that stand for something of an installation. */
const EXAMPLES = /^(redis|R-\d+|COMMAND)$/;

function chatProblem(line: string): string | undefined {
  try {
    const { command, args } = parseCommand(line.replace(/^\/recover\s*/, ''), COMMANDS);
    const [target] = args.words;
    return command.name === DEFAULT_COMMAND && target !== undefined && !EXAMPLES.test(target)
      ? `${line}: there is no command "${target}"`
      : undefined;
  } catch (error) {
    return `${line}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
