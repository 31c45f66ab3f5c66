import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { UserError } from '../engine/model/errors.js';
import type { Statement } from './hot-statements.js';

/** Sends a statement under its name, so that each connection plans it once. */
export async function run<Row extends QueryResultRow>(
  on: Pool | PoolClient,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  try {
    const { rows } = await on.query<Row>({ ...statement, values });
    return rows;
  } catch (error) {
    throw explained(error);
  }
}

export async function rows<Row extends QueryResultRow>(
  on: Pool | PoolClient,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  try {
    return (await on.query<Row>(text, values)).rows;
  } catch (error) {
    throw explained(error);
  }
}

/** Runs `work` in one transaction; anything thrown rolls it back. */
export async function transaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw explained(error);
  } finally {
    client.release(broken);
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw explained(error);
  }
}

/** SQLSTATE classes in which the database, not the statement, is at fault: connection, resources, operator, system. */
const UNAVAILABLE = /^(08|53|57|58)/;
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

/** Turns "the database is away" into the error that says so; everything else stays as it is. */
export function explained(error: unknown): unknown {
  const { code = '', message = '' } = facts(error);
  const away =
    UNAVAILABLE.test(code) ||
    LOST_CONNECTION.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/.test(
      message,
    );
  if (!away) return error;
  return new UserError('unavailable', `Reviver's database does not answer (${message || code}).`, { part: 'postgres' });
}

function facts(error: unknown): { code?: string; message?: string; constraint?: string } {
  return typeof error === 'object' && error !== null ? error : {};
}
