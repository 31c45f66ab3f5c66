import { z } from 'zod';
import { count } from '../../health/words.js';
import type { SqlSession } from './session.js';
import { canBePlanned, readStatement } from './statement.js';

const planRow = z.object({ 'QUERY PLAN': z.string().transform((text): unknown => JSON.parse(text)) });
const node = z.object({ 'Node Type': z.string(), 'Plan Rows': z.number() });
const plans = z.tuple([z.object({ Plan: node.extend({ Plans: z.array(node).optional() }) })]);
const connectionRow = z.object({ here: z.number(), allowed: z.number(), name: z.string() });

/** Milliseconds that a look may take on the server. */
const QUICK_MS = 3_000;

/** What a statement would touch, by the server's own plan, which is made and not executed, and who is connected. */
export async function forecast(session: SqlSession, query: string, params: readonly unknown[]): Promise<string> {
  await session.simple(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${QUICK_MS}; SELECT 1`);
  const statement = readStatement(query);
  const touched = canBePlanned(statement)
    ? estimate((await session.query(`EXPLAIN (FORMAT JSON) ${query}`, params)).rows[0])
    : `run ${statement.kind}`;
  const connections = await session.query(
    `SELECT count(*) FILTER (WHERE datname = current_database()) AS here, current_setting('max_connections')::int AS allowed,
       current_database() AS name FROM pg_stat_activity`,
  );
  await session.simple('ROLLBACK');
  const { here, allowed, name } = connectionRow.parse(connections.rows[0]);
  return `would ${touched}; ${name} has ${count(here, 'connection')}, the server allows ${allowed}`;
}

/** The rows below a node that changes them are those that it would change. */
function estimate(row: unknown): string {
  const [{ Plan: top }] = plans.parse(planRow.parse(row)['QUERY PLAN']);
  const changes = top['Node Type'] === 'ModifyTable';
  const rows = changes ? (top.Plans?.[0]?.['Plan Rows'] ?? 0) : top['Plan Rows'];
  return `${changes ? 'change' : 'read'} about ${count(rows, 'row')} by the server's estimate`;
}
