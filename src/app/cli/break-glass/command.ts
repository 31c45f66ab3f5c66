import type { Command as Program } from 'commander';
import { SHELL_NAMES } from './names.js';

/**
 * Adds the commands of chat, for the night on which chat is down: the same words, permissions, approvals and records,
 * straight to the database. Who asks is said by the token in REVIVER_TOKEN, never by an option.
 */
export function addBreakGlassCommands(program: Program): void {
  for (const name of SHELL_NAMES)
    program
      .command(name)
      .helpGroup('When chat is down: its commands, with the token in REVIVER_TOKEN (--help tells of each):')
      .description(`/recover${name === 'recover' ? '' : ` ${name}`}`)
      .argument('[words...]')
      .option('--wait', 'stay until it ends or needs people; the exit code is 0 only if it ended well', false)
      .helpOption(false)
      .allowUnknownOption()
      .action(async (words: string[], { wait }: { wait: boolean }) => {
        const { breakGlass, explainCommand } = await import('./run.js');
        if (words.includes('--help') || words.includes('-h')) return explainCommand(name, process.stdout);
        process.exitCode = await breakGlass(name, words, { wait, env: process.env, out: process.stdout });
      });
}
