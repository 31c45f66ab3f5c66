import { z } from 'zod';
import { failureInWords } from '../../health/words.js';
import { formatDuration } from '../../model/duration.js';
import { ActionError, UnknownOutcome } from '../action.js';
import { isRefusal, isTimeout, refused } from './refusal.js';
import { type Answer, type SqlSession, withPostgres } from './session.js';
import { readStatement } from './statement.js';

export interface Work {
  url: string;
  /** For people: where it runs. */
  place: string;
  query: string;
  params: readonly unknown[];
  keep: number;
  timeoutMs: number;
}

/** Time for asking a server again what became of a transaction. */
const ASK_AGAIN_MS = 2_000;

const UNCHANGED = 'Nothing was changed.';

const transactionRow = z.object({ xid: z.string().nullable() });
const statusRow = z.object({ status: z.string().nullable() });

/** A transaction of which the server refuses to let anything change. */
export async function readOnly(session: SqlSession, { query, params, keep, timeoutMs, place }: Work): Promise<Answer> {
  try {
    // The first statement takes the snapshot: from then on nobody can make the transaction one that writes.
    await session.simple(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; SELECT 1`);
    const answer = await session.query(query, params, keep);
    await session.simple('ROLLBACK');
    return answer;
  } catch (error) {
    throw isTimeout(error) ? tooLong(place, timeoutMs) : refused(error, place, UNCHANGED);
  }
}

/**
 * One statement in one transaction. When the connection is lost after it was sent, the server is asked over another one
 * what became of the transaction; without an answer the outcome is unknown.
 */
export async function writing(session: SqlSession, work: Work): Promise<Answer> {
  const { query, params, keep, timeoutMs, place } = work;
  const xid = await begin(session, timeoutMs).catch((error: unknown) => {
    throw refused(error, place, UNCHANGED);
  });
  let answer: Answer;
  try {
    answer = await session.query(query, params, keep);
  } catch (error) {
    if (isTimeout(error)) throw undone(work, `the statement took longer than ${formatDuration(timeoutMs)}`);
    if (isRefusal(error)) throw stays(work) ? undone(work, failureInWords(error)) : refused(error, place, UNCHANGED);
    await settle(work, xid);
    throw undone(work, 'the connection was lost before the commit');
  }
  try {
    await session.simple('COMMIT');
  } catch (error) {
    // A deferred constraint speaks up only now; what ends a backend may come after its commit.
    if (isRefusal(error) && !lostBackend(error)) throw refused(error, place, UNCHANGED);
    if ((await settle(work, xid)) === 'aborted') throw undone(work, 'the connection was lost in the commit');
  }
  return answer;
}

/** null on a replica, which gives out no numbers: there only functions such as pg_wal_replay_resume have an effect. */
async function begin(session: SqlSession, timeoutMs: number): Promise<string | null> {
  await session.simple(`BEGIN; SET LOCAL statement_timeout = ${timeoutMs}`);
  const { rows } = await session.query(
    'SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE txid_current()::text END AS xid',
  );
  return transactionRow.parse(rows[0]).xid;
}

/** Functions whose effect stays although the transaction does not. */
function stays({ query }: Work): boolean {
  return readStatement(query).lasting.length > 0;
}

/** The transaction came to nothing; what such functions did is another matter. */
function undone(work: Work, why: string): Error {
  const { lasting } = readStatement(work.query);
  if (lasting.length > 0)
    return new UnknownOutcome(
      `${work.place}: ${why}; the transaction was rolled back, but what ${lasting.join(', ')} did until then stays`,
    );
  return new ActionError(`${work.place}: ${why}. The transaction was rolled back; nothing was changed.`, {
    code: 'sql_rolled_back',
  });
}

function tooLong(place: string, timeoutMs: number): ActionError {
  const message = `${place} was told to end the statement after ${formatDuration(timeoutMs)}. ${UNCHANGED}`;
  return new ActionError(message, { code: 'sql_timeout' });
}

function lostBackend(error: unknown): boolean {
  return /^57P/.test(String(Reflect.get(Object(error), 'code')));
}

/** What became of a transaction. Throws `UnknownOutcome` when the server cannot be asked, or still works on it. */
async function settle({ url, place }: Work, xid: string | null): Promise<'committed' | 'aborted'> {
  if (xid === null)
    throw new UnknownOutcome(
      `${place}: the statement was sent to a replica, and the connection was lost; nothing there tells what became of it`,
    );
  const status = await withPostgres(
    url,
    { name: 'reviver', signal: AbortSignal.timeout(ASK_AGAIN_MS) },
    async (again) =>
      statusRow.parse((await again.query('SELECT txid_status($1::bigint) AS status', [xid])).rows[0]).status,
  ).catch(() => undefined);
  if (status === 'committed' || status === 'aborted') return status;
  throw new UnknownOutcome(
    `${place}: the statement was sent, and the connection was lost; ${status === 'in progress' ? `transaction ${xid} is still open there` : 'the server cannot be asked what became of it'}`,
  );
}
