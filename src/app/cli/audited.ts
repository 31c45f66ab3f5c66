import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { ActionError } from '../../engine/actions/action.js';
import { UserError } from '../../engine/model/errors.js';
import { redact } from '../../engine/model/redact.js';

/** Commands that act or read secrets without a running Reviver, which tells the audit of all that is done through it. */
const ACTS = new Set([
  'migrate',
  'partitions',
  'disaster',
  'backup now',
  'backup verify',
  'backup fetch',
  'backup fetch-archive',
  'backup fetch-snapshot',
  'backup restore-knowledge',
  'backup restore-configuration',
  'backup open',
  'constitution pin',
  'constitution retire',
  'audit export',
]);

/** Its database is lost, and may not even refuse: it is told afterwards alone. */
const LATE = 'disaster';

interface Told {
  /** As `record-act.ts` has it. */
  record(kind: string, facts: Record<string, string | number>): Promise<string | undefined>;
  /** For people, on the side: standard output may be data. */
  warn(line: string): void;
}

/**
 * Runs the command line. What acts is in the audit when it begins, if it can be, since it may be killed; and when it has
 * ended. Of what was typed only the digest is kept: it may hold a secret. Rejects as the command does.
 */
export async function runAudited(program: Command, argv: readonly string[], { record, warn }: Told): Promise<void> {
  const typed = argv.slice(2).join(' ');
  const digest = createHash('sha256').update(typed).digest('hex');
  let command: string | undefined;
  program.hook('preAction', async (_, action) => {
    const path = pathOf(action);
    if (!ACTS.has(path)) return;
    command = path;
    if (path !== LATE) await record('shell.began', { command, digest });
  });
  let failure: unknown;
  try {
    await program.parseAsync(argv);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    if (command !== undefined) {
      const code = failure === undefined ? Number(process.exitCode ?? 0) : 1;
      const facts = { command, digest, exit_code: code, ...(failure === undefined ? {} : { error: wordsOf(failure) }) };
      const why = await record('shell.ended', facts);
      // Both may fail of one cause, which is told once.
      if (why !== undefined && why !== (failure as Error | undefined)?.message)
        warn(`The audit does not know of this: ${redact(why)}`);
    }
  }
}

/** `backup open`, without the name of the program. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

function wordsOf(error: unknown): string {
  return error instanceof UserError || error instanceof ActionError ? redact(error.message) : 'an internal error';
}
