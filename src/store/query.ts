import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { UserError } from '../engine/model/errors.js';
import type { Statement } from './hot-statements.js';

/** Sends a statement under its name, so that each connection plans it once. */
export async function run<Row extends QueryResultRow>(
  on: Pool | PoolClient,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  return send(on, { ...statement, values });
}

export async function rows<Row extends QueryResultRow>(
  on: Pool | PoolClient,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return send(on, { text, values });
}

export type Queries = ReturnType<typeof explainedQueries>;

/** Queries whose failure says when it is the database that is away. */
export function explainedQueries(pool: Pool) {
  return {
    query: <Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<QueryResult<Row>> =>
      undisturbed(() => withClient(pool, (client) => client.query<Row>(text, values))),
  };
}

/** Runs `work` in one transaction; anything thrown rolls it back. After a deadlock it is run again. */
export async function transaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return undisturbed(() =>
    withClient(pool, async (client) => {
      await client.query('BEGIN');
      try {
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // On a connection that does not answer, a ROLLBACK would wait behind what hangs; its end rolls back.
        if (!isAway(error)) await client.query('ROLLBACK');
        throw error;
      }
    }),
  );
}

async function send<Row extends QueryResultRow>(on: Pool | PoolClient, query: QueryConfig): Promise<Row[]> {
  const ask = async (client: PoolClient) => (await client.query<Row>(query)).rows;
  if (!('release' in on)) return undisturbed(() => withClient(on, ask));
  try {
    return await ask(on);
  } catch (error) {
    throw explained(error);
  }
}

/** A connection that failed is closed; one whose statement was refused is as good as before, with its plans. */
async function withClient<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw explained(error);
  });
  let lost: Error | undefined;
  // A connection may end between two statements: the next one tells. Without a listener it would end this process.
  const hear = (error: Error): void => {
    lost ??= error;
  };
  client.on('error', hear);
  try {
    return await work(client);
  } catch (error) {
    if (isAway(error)) lost ??= error instanceof Error ? error : new Error(String(error));
    throw explained(error);
  } finally {
    client.off('error', hear);
    client.release(lost);
  }
}

/** Deadlock, or a conflict of transactions: it was rolled back as a whole, so it may be sent again. */
const DISTURBED = /^40(001|P01)$/;
const MOST_TRIES = 5;

async function undisturbed<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === MOST_TRIES || !DISTURBED.test(facts(error).code ?? '')) throw error;
    }
  }
}

/** SQLSTATE classes in which the database, not the statement, is at fault: connection, resources, operator, system. */
const UNAVAILABLE = /^(08|53|57|58)/;
/** A standby that has not been promoted; a transaction whose client was silent for too long. */
const UNAVAILABLE_CODES = new Set(['25006', '25P03']);
const LOST_CONNECTION = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN)/;

/** The reason of a `refuse()` inside a statement, such as `busy`. */
export function refusal(error: unknown): string | undefined {
  const { code, message } = facts(error);
  return code === 'RV001' ? message : undefined;
}

export function violates(error: unknown, constraint: string): boolean {
  const { code, constraint: named } = facts(error);
  return code === '23505' && named === constraint;
}

/** The database was away: whether a statement on its way took effect is not known. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof UserError && error.code === 'unavailable';
}

/** A table, one of its files or a page of one is gone or broken: it is asked again until people have mended it. */
const DAMAGED = /^(42P01|58P01|XX00[12])$/;

/** Turns "the database is away" and "it is damaged" into the error that says so; everything else stays as it is. */
export function explained(error: unknown): unknown {
  const { code = '', message = '' } = facts(error);
  if (error instanceof UserError) return error;
  if (DAMAGED.test(code))
    return new UserError(
      'unavailable',
      `Reviver's database is damaged (${message}); this was not done. "reviver backup restore-knowledge" brings tables back whose names begin with knowledge, docs/disaster-recovery.md says how all others come back.`,
      { part: 'postgres' },
    );
  if (!isAway(error)) return error;
  return new UserError('unavailable', `Reviver's database does not answer (${message || code}).`, { part: 'postgres' });
}

/** What the driver says without a code: a lost connection, or no answer in time. */
const WITHOUT_CODE =
  /Connection terminated|Query read timeout|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/;

function isAway(error: unknown): boolean {
  if (isUnavailable(error)) return true;
  const { code = '', message = '' } = facts(error);
  return (
    UNAVAILABLE.test(code) || UNAVAILABLE_CODES.has(code) || LOST_CONNECTION.test(code) || WITHOUT_CODE.test(message)
  );
}

function facts(error: unknown): { code?: string; message?: string; constraint?: string } {
  return typeof error === 'object' && error !== null ? error : {};
}
