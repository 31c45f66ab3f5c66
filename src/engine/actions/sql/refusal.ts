import { failureInWords } from '../../health/words.js';
import { redact } from '../../model/redact.js';
import { errorCode } from '../../processes/error-code.js';
import { ActionError } from '../action.js';

/** Ends a sentence for people. Source: PostgreSQL manual, appendix A, error codes. */
const WORDS: Record<string, string> = {
  '25006': 'the server takes no writes there: the transaction is read-only, or it is a replica',
  '28P01': 'user or password is wrong',
  '3D000': 'there is no such database',
  '53300': 'it has no connection left',
  '57P01': 'it shuts down, or somebody ended the connection',
  '57P02': 'it crashed',
  '57P03': 'it starts up or shuts down and does not serve',
};

/** Another attempt may help: connections (08, 53, 57P), conflicts between transactions (40), locks (55). */
const PASSING = /^(08|40|53|55|57P)/;

/** The server itself said no, so it is known what became of the statement. */
export function isRefusal(error: unknown): boolean {
  const code = errorCode(error);
  return (
    code !== undefined &&
    /^[0-9A-Z]{5}$/.test(code) &&
    typeof error === 'object' &&
    error !== null &&
    'severity' in error
  );
}

/** Ended by the server's own statement_timeout. */
export function isTimeout(error: unknown): boolean {
  return errorCode(error) === '57014';
}

/** For people. `state` says what state things are in: `Nothing was changed.` */
export function refused(error: unknown, place: string, state: string): ActionError {
  const code = errorCode(error) ?? '';
  if (!isRefusal(error))
    return new ActionError(`${place} cannot be reached: ${failureInWords(error)}. ${state}`, {
      code: 'sql_unreachable',
    });
  const said = redact(failureInWords(error));
  const words = WORDS[code];
  return new ActionError(`${place} refused: ${words ? `${words} (${said})` : said}. ${state}`, {
    code: `sql_${code}`,
    retryable: PASSING.test(code),
    facts: { sql_state: code },
  });
}
