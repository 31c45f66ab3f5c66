import { z } from 'zod';
import { deadline, TimeOver } from '../health/within.js';
import { count, failureInWords } from '../health/words.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import { redact } from '../model/redact.js';
import { credential } from '../secrets/credential.js';
import { holdsReference } from '../secrets/reference.js';
import { type ActionContext, ActionError, UnknownOutcome } from './action.js';
import { NOBODY_LOOKED } from './before.js';
import { databaseUrl, isUrlOf, looksLikeUrl, placeOf } from './databases/address.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, text } from './fields.js';
import { forecast } from './sql/forecast.js';
import { refused } from './sql/refusal.js';
import { rowsForPeople } from './sql/rows.js';
import { type Answer, type SqlSession, withPostgres } from './sql/session.js';
import { readStatement, whyNot } from './sql/statement.js';
import { readOnly, type Work, writing } from './sql/write.js';

const DATABASE = 'a URL such as postgres://user@host:5432/db, or the name of a service with a postgres health check';
const PARAMS = 'a list of texts, numbers, true, false, null, or lists of them';
const ROWS = 'a whole number from 0 to 1000';
const scalar = z.union([credential(z.string()), z.number(), z.boolean(), z.null()], { error: PARAMS });
const DEFAULT_TIMEOUT = '30s';
/** The server ends a statement by itself; when it is this late, it is told to, and the connection is cut. */
const LATE_MS = 1_000;

const input = z
  .strictObject({
    database: credential(
      text(DATABASE).refine((given) => !looksLikeUrl(given) || isUrlOf('postgres', given), { error: DATABASE }),
    ),
    query: text('an SQL statement'),
    params: z.array(z.union([scalar, z.array(scalar)], { error: PARAMS }), { error: PARAMS }).default([]),
    writes: z.boolean({ error: 'true or false' }).default(false),
    max_rows: z
      .number({ error: ROWS })
      .int({ error: ROWS })
      .min(0, { error: ROWS })
      .max(1_000, { error: ROWS })
      .default(50),
    min_rows: z
      .number({ error: ROWS })
      .int({ error: ROWS })
      .min(0, { error: ROWS })
      .max(1_000, { error: ROWS })
      .optional(),
    timeout: duration(HOUR_MS, '1h').optional(),
  })
  .superRefine(({ query, params, writes, min_rows }, context) => {
    const message = whyNot(query, params.length, writes);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['query'], message });
    // What was written stays written: a failure that says otherwise would be a lie.
    if (writes && min_rows !== undefined)
      context.addIssue({ code: 'custom', path: ['min_rows'], message: 'nothing together with writes: true' });
  });

type Input = z.output<typeof input>;

export const sqlQuery = defineAction({
  name: 'sql_query',
  description:
    'Runs one SQL statement with parameters in a Postgres database; read-only unless it says that it writes.',
  version: 1,
  input,
  risk: ({ writes }) => (writes ? 0.5 : 0.05),
  idempotent: false,
  // The input's own timeout, 30 s by default, is the one that people see.
  timeoutMs: HOUR_MS,
  services: ({ database }) => (looksLikeUrl(database) || holdsReference(database) ? [] : [database]),
  title: ({ database, query, writes }) => `${writes ? 'Change' : 'Query'} ${placeOf(database)}: ${brief(query)}`,

  look: async (given, ctx) => (given.writes ? { next_xid: await nextXid(given, ctx) } : {}),

  async run(given, ctx) {
    const { writes } = given;
    const answer = await inTime(given, ctx, (session, work) => (writes ? writing : readOnly)(session, work));
    requireRows(answer.count, given);
    const { rows, left } = rowsForPeople(answer.rows);
    const more = answer.count - rows.length;
    return {
      summary: `${count(answer.count, 'row')}${more > 0 && rows.length > 0 ? `, ${rows.length} kept` : ''}`,
      row_count: answer.count,
      rows,
      ...(left > 0 ? { cut: `${count(left, 'more row')} would have been too much text` } : {}),
    };
  },

  /** A write needs a transaction number: as long as the server has given out none, nothing was written. */
  async probe(given, before, ctx) {
    if (!given.writes) return { outcome: 'not_done', evidence: 'a read changes nothing and can be run again' };
    if (typeof before.next_xid !== 'string') return { outcome: 'unknown', evidence: NOBODY_LOOKED };
    const busy = await stillRunning(given, ctx);
    if (busy !== undefined) return { outcome: 'unknown', evidence: `its statement still runs there (backend ${busy})` };
    const { lasting } = readStatement(given.query);
    if (lasting.length > 0)
      return { outcome: 'unknown', evidence: `${lasting.join(', ')} leaves no trace that could be looked at` };
    if ((await nextXid(given, ctx)) === before.next_xid)
      return { outcome: 'not_done', evidence: 'no transaction has written anything on that server since' };
    return {
      outcome: 'unknown',
      evidence: 'others write on that server too: nothing tells whether this was committed',
    };
  },

  async preview(given, ctx) {
    const url = databaseUrl('postgres', given.database, ctx);
    const session = { name: 'reviver look', signal: ctx.signal };
    try {
      return await withPostgres(url, session, (open) => forecast(open, given.query, given.params));
    } catch (error) {
      ctx.signal.throwIfAborted();
      throw refused(error, placeOf(given.database), 'Nothing was changed.');
    }
  },
});

/** The condition that a step waits for, or stops at: with a retry it is asked again. */
function requireRows(found: number, { database, min_rows = 0 }: Input): void {
  if (found >= min_rows) return;
  throw new ActionError(
    `${placeOf(database)}: the query gave ${count(found, 'row')}, and ${min_rows} or more are expected. Nothing was changed.`,
    { code: 'sql_too_few_rows' },
  );
}

async function inTime(
  given: Input,
  ctx: ActionContext,
  talk: (session: SqlSession, work: Work) => Promise<Answer>,
): Promise<Answer> {
  const timeoutMs = parseDuration(given.timeout ?? DEFAULT_TIMEOUT);
  const place = placeOf(given.database);
  const url = databaseUrl('postgres', given.database, ctx);
  const { signal, clear } = deadline(timeoutMs + LATE_MS, ctx.signal);
  const work = { url, place, query: given.query, params: given.params, keep: given.max_rows, timeoutMs };
  let begun = false;
  try {
    return await withPostgres(url, { name: `reviver ${ctx.runKey}`, signal }, (session) => {
      begun = true;
      return talk(session, work);
    });
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ActionError || error instanceof UnknownOutcome) throw error;
    const why = error instanceof TimeOver ? `no answer within ${formatDuration(timeoutMs)}` : failureInWords(error);
    if (given.writes && begun)
      throw new UnknownOutcome(`${place}: ${why}; whether the statement took effect is not known`);
    if (error instanceof TimeOver)
      throw new ActionError(`${place}: ${why}. Nothing was changed.`, { code: 'sql_timeout' });
    throw refused(error, place, 'Nothing was changed.');
  } finally {
    clear();
  }
}

async function nextXid(given: Input, ctx: ActionContext): Promise<string> {
  const text = await one(given, ctx, 'SELECT txid_snapshot_xmax(txid_current_snapshot())::text AS value', []);
  return String(text);
}

async function stillRunning(given: Input, ctx: ActionContext): Promise<string | undefined> {
  const pid = await one(
    given,
    ctx,
    'SELECT min(pid) AS value FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()',
    [`reviver ${ctx.runKey}`],
  );
  return pid === null ? undefined : String(pid);
}

function one(given: Input, ctx: ActionContext, query: string, params: readonly unknown[]): Promise<unknown> {
  const session = { name: 'reviver look', signal: ctx.signal };
  return withPostgres(databaseUrl('postgres', given.database, ctx), session, async (open) => {
    const { rows } = await open.query(query, params);
    return rows[0]?.value ?? null;
  }).catch((error: unknown) => {
    ctx.signal.throwIfAborted();
    throw refused(error, placeOf(given.database), 'Nobody could look.');
  });
}

function brief(query: string): string {
  const line = redact(query.replace(/\s+/g, ' ').trim());
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}
