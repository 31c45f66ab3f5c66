import type { Command } from '../../../bot/commands/command.js';
import { COMMANDS } from '../../../bot/commands/table.js';
import { formatCommand } from '../../../bot/commands/tokenise.js';
import { SHELL_NAMES } from './names.js';

/** The rows of chat's table that can be typed at a shell. */
export const SHELL_COMMANDS: readonly Command[] = COMMANDS.filter(({ name }) =>
  SHELL_NAMES.some((known) => known === name),
);

/** The command line that chat would have been given; the shell has taken its own quotes away. */
export function lineOf(name: string, words: readonly string[]): string {
  const [first = '', ...rest] = words;
  const command = SHELL_COMMANDS.find((one) => one.name === name);
  if (command?.takesText) return [name, first, rest.join(' ')].join(' ').trim();
  return formatCommand([name, ...words]);
}

/** What chat shows on one of its buttons, if it can be typed here. */
export function canBeTyped(line: string): boolean {
  const [name] = line.split(/\s/);
  return SHELL_COMMANDS.some((one) => one.name === name);
}
