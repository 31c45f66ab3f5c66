import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { UserError } from '../../engine/model/errors.js';
import { rows } from '../query.js';
import { attach, freeName, makeTable } from './create.js';
import { type Partition, uncovered } from './months.js';
import { type Patience, patiently } from './patiently.js';
import { defaultOf, partitionsOf, timestamp } from './table.js';

const BATCH = 5_000;
/** What may be copied while inserts wait. */
const MOST_AT_THE_END = 1_000;
const AGAIN_AFTER_MS = 50;
/** A transaction that is open longer than this keeps its later ones from being copied. */
const PATIENCE_MS = 60_000;

/**
 * Moves the rows of the default partition into partitions of their months, and gives the partitions' names. Rows come to
 * lie in the default when nobody has made partitions for months, so inserts may be going there all the while.
 *
 * Rows never change, so they are copied beside the table, in the order in which they were committed; then one short
 * transaction copies the last ones, drops the old default with all of its rows, and attaches the copies and an empty
 * default. Before it readers see the default, after it the copies, at no time both. xid and id go with a row, so the
 * order of the log is the same. A process that dies before it leaves tables that the next run removes.
 */
export async function emptyDefault(pool: Pool, parent: string, patience: Patience): Promise<string[]> {
  let copied = await begin(pool, parent, patience);
  let caughtUpAt: number | undefined;
  for (;;) {
    patience.signal.throwIfAborted();
    const from = copied;
    const next = await patiently(pool, `Rows of ${defaultOf(parent)} could not be copied`, patience, (client) =>
      copyBatch(client, from),
    );
    copied = next.copied;
    if (next.count === BATCH) continue;
    caughtUpAt ??= performance.now();
    if (performance.now() - caughtUpAt > (patience.patienceMs ?? PATIENCE_MS)) throw heldBack(parent);
    // What comes in during this batch is less than during one that was larger.
    if (next.count > MOST_AT_THE_END / 2) continue;
    try {
      return await patiently(pool, `${defaultOf(parent)} could not be emptied`, patience, (client) =>
        exchange(client, next.copied),
      );
    } catch (error) {
      if (!(error instanceof TooMuchLeft)) throw error;
    }
    await delay(AGAIN_AFTER_MS, undefined, { signal: patience.signal });
  }
}

interface Copied {
  parent: string;
  columns: string;
  /** The last row that was copied. */
  cursor: { xid: string; id: string };
  /** Tables that are being filled, with the bounds that they will have. */
  filling: readonly Partition[];
}

/** Removes what a dead run has left; names of this form are made here only. */
async function begin(pool: Pool, parent: string, patience: Patience): Promise<Copied> {
  const what = `What an earlier run has left of ${parent} could not be removed`;
  const columns = await patiently(pool, what, patience, async (client) => {
    const left = await rows<{ name: string }>(
      client,
      `SELECT relname AS name FROM pg_class WHERE relname LIKE $1 AND relkind = 'r' AND NOT relispartition
         AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = $2::regclass)`,
      [`${parent}\\_filling\\_%`, parent],
    );
    for (const { name } of left) await client.query(`DROP TABLE ${name}`);
    await makeTable(client, parent, freshDefault(parent));
    return rows<{ name: string }>(
      client,
      `SELECT quote_ident(attname) AS name FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [parent],
    );
  });
  const list = columns.map(({ name }) => name).join(', ');
  return { parent, columns: list, cursor: { xid: '0', id: '0' }, filling: [] };
}

/** Copies rows that every later transaction comes after. Their tables are made in the same transaction. */
async function copyBatch(client: PoolClient, from: Copied): Promise<{ count: number; copied: Copied }> {
  const batch = `SELECT xid, id, at FROM ${defaultOf(from.parent)}
    WHERE (xid, id) > ($1::xid8, $2::bigint) AND xid < log_settled()
    ORDER BY xid, id LIMIT ${BATCH}`;
  const next = await look(client, from, batch);
  if (!next) return { count: 0, copied: from };
  const copied = { ...from, filling: [...from.filling, ...(await tablesFor(client, from, next.months))] };
  const { xid, id } = next.last;
  const arrived = await copy(client, copied, 'AND (xid, id) <= ($3::xid8, $4::bigint)', [xid, id]);
  if (arrived !== next.count)
    throw new Error(`${arrived} of ${next.count} rows of ${defaultOf(from.parent)} were copied`);
  return { count: next.count, copied: { ...copied, cursor: next.last } };
}

/** What is left is too much to be copied while inserts wait, or of a month that has no table yet. */
class TooMuchLeft extends Error {}

async function exchange(client: PoolClient, copied: Copied): Promise<string[]> {
  const { parent, filling } = copied;
  const rest = `SELECT xid, id, at FROM ${defaultOf(parent)} WHERE (xid, id) > ($1::xid8, $2::bigint)
    ORDER BY xid, id LIMIT ${MOST_AT_THE_END + 1}`;
  const mostLeft = async () => {
    const count = (await look(client, copied, rest))?.count ?? 0;
    if (count > MOST_AT_THE_END) throw new TooMuchLeft();
    return count;
  };
  await mostLeft();
  // The parent first, as a write does: one that holds it and wants the default would else wait for us, and we for it.
  await client.query(`LOCK TABLE ONLY ${parent} IN ACCESS EXCLUSIVE MODE`);
  await client.query(`LOCK TABLE ${defaultOf(parent)} IN ACCESS EXCLUSIVE MODE`);
  if ((await mostLeft()) !== (await copy(client, copied, '', []))) throw new TooMuchLeft();
  await client.query(`DROP TABLE ${defaultOf(parent)}`);
  const made: string[] = [];
  for (const table of filling) {
    const name = await freeName(client, parent, table);
    await client.query(`ALTER TABLE ${table.name} RENAME TO ${name}`);
    await attach(client, parent, { ...table, name });
    made.push(name);
  }
  await client.query(`ALTER TABLE ${freshDefault(parent)} RENAME TO ${defaultOf(parent)}`);
  await client.query(`ALTER TABLE ${parent} ATTACH PARTITION ${defaultOf(parent)} DEFAULT`);
  return made;
}

interface Rows {
  count: number;
  last: { xid: string; id: string };
  /** Each month's first instant, in milliseconds. */
  months: number[];
}

async function look(client: PoolClient, { cursor }: Copied, batch: string): Promise<Rows | undefined> {
  const [found] = await rows<{ n: number; xid: string; id: string; months: number[] }>(
    client,
    `WITH batch AS MATERIALIZED (${batch}), last AS (SELECT xid, id FROM batch ORDER BY xid DESC, id DESC LIMIT 1)
     SELECT (SELECT count(*)::int FROM batch) AS n, last.xid::text AS xid, last.id::text AS id,
       (SELECT array_agg(DISTINCT extract(epoch FROM date_trunc('month', at))::float8 * 1000) FROM batch) AS months
     FROM last`,
    [cursor.xid, cursor.id],
  );
  if (!found) return undefined;
  const { n, xid, id, months } = found;
  return { count: n, last: { xid, id }, months };
}

/** In a transaction whose time zone is UTC. */
async function tablesFor(
  client: PoolClient,
  { parent, filling }: Copied,
  months: readonly number[],
): Promise<Partition[]> {
  const taken = [...(await partitionsOf(client, parent)), ...filling];
  const wanted = [...months].sort((a, b) => a - b).flatMap((month) => uncovered(month, taken));
  const made = wanted.map((range, n) => ({ name: `${parent}_filling_${filling.length + n}`, ...range }));
  for (const table of made) await makeTable(client, parent, table.name, table);
  return made;
}

/** Copies each row into the table whose bounds it is within, and gives how many there were. */
async function copy(
  client: PoolClient,
  { parent, columns, cursor, filling }: Copied,
  until: string,
  values: readonly string[],
): Promise<number> {
  let arrived = 0;
  for (const { name, fromMs, toMs } of filling) {
    const { rowCount } = await client.query(
      `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${defaultOf(parent)}
       WHERE (xid, id) > ($1::xid8, $2::bigint) ${until} AND at >= ${timestamp(fromMs)} AND at < ${timestamp(toMs)}`,
      [cursor.xid, cursor.id, ...values],
    );
    arrived += rowCount ?? 0;
  }
  return arrived;
}

function freshDefault(parent: string): string {
  return `${parent}_filling_default`;
}

function heldBack(parent: string): UserError {
  return new UserError(
    'unavailable',
    `Rows of ${defaultOf(parent)} could not be moved into their months: a transaction that is open for long holds them back, ` +
      'or too many rows come in. Nothing was changed, and inserts go on; it is tried again at the next run.',
  );
}
