import { ActionError } from '../../engine/actions/action.js';
import { UserError } from '../../engine/model/errors.js';
import { redact } from '../../engine/model/redact.js';

/** The one place where a failed command ends: a sentence for people, or the trace of a defect; never exit code 0. */
export function reportAndExit(error: unknown): void {
  if (error instanceof UserError || error instanceof ActionError)
    process.stderr.write(`reviver: ${redact(error.message)}\n`);
  else
    process.stderr.write(
      `reviver: internal error\n${redact(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
    );
  process.exitCode = 1;
}
