import { createPrivateFolder } from './services/private-folder.mjs';
import { buildIfOlder } from './setup/build.mjs';
import { ROOT, setUp } from './setup.mjs';

const MONTHS = 24;
const KEPT = 12;
const WRITERS = 4;
const TARGET_MS = 100;
const BASELINE_MS = 10_000;

/**
 * `npm run bench -- partitions [millions of events]`: maintenance of 24 months of 10 million events, on a server with
 * fsync, while writers append; their longest write must be below 100 ms. Beside it stands their longest without
 * maintenance, in the same run: a machine that is busy with other things shows there.
 */
export async function partitionBench([millions = '10']) {
  await setUp();
  await buildIfOlder(ROOT);
  const { startPostgres } = await import('./services/postgres.mjs');
  const folder = await createPrivateFolder('reviver-bench');
  const server = await startPostgres({ dir: folder.path });
  try {
    const pool = await migrated(server.url);
    try {
      return await measure(server.url, pool, Number(millions) * 1_000_000);
    } finally {
      await pool.end();
    }
  } finally {
    await server.stop();
    await folder.remove();
  }
}

async function measure(url, pool, events) {
  const { careForPartitions } = await import('../dist/src/store/partitions/care.js');
  const { startWriters } = await import('./partitions/writers.mjs');
  const care = { monthsAhead: 3, log: () => {} };
  const signal = new AbortController().signal;
  await fill(pool, events);
  await careForPartitions(pool, { ...care, monthsKept: MONTHS }, signal);
  await pool.query('ANALYZE events');
  await pool.query('CHECKPOINT');
  await forgetFuture(pool);

  const writers = await startWriters(url, { writers: WRITERS });
  await new Promise((resolve) => setTimeout(resolve, BASELINE_MS));
  const withoutMs = writers.lap();
  const began = performance.now();
  const report = await careForPartitions(pool, { ...care, monthsKept: KEPT }, signal);
  const tookMs = performance.now() - began;
  const duringMs = writers.lap();
  const { ids, failures } = await writers.stop();

  const { rows } = await pool.query('SELECT count(*)::int AS n FROM events WHERE id = ANY ($1)', [ids]);
  const sound = failures.length === 0 && rows[0].n === ids.length && report.dropped.length === MONTHS - KEPT - 1;
  const met = sound && duringMs < TARGET_MS;
  console.log(
    [
      '',
      `${events / 1e6} million events in ${MONTHS} months; ${report.created.length} partitions made, ${report.dropped.length} dropped in ${tookMs.toFixed(0)} ms`,
      `${ids.length} writes by ${WRITERS} writers, ${failures.length} failed, ${ids.length - rows[0].n} lost`,
      `longest write without maintenance  ${withoutMs.toFixed(1)} ms`,
      `${met ? 'met   ' : 'MISSED'}  longest write during maintenance  ${duringMs.toFixed(1)} ms  < ${TARGET_MS} ms`,
    ].join('\n'),
  );
  return met ? 0 : 1;
}

/** Without the client's limits of time: filling takes minutes. */
async function migrated(url) {
  const { migrate } = await import('../dist/src/app/open-store.js');
  const { createPool } = await import('../dist/src/store/pool.js');
  await migrate(url, 'bench');
  return createPool(url, { timeLimits: false });
}

/** Months before this one get their partitions first, so that all lies where it would have come to lie by itself. */
async function fill(pool, events) {
  const { createPartition } = await import('../dist/src/store/partitions/create.js');
  const { monthStart } = await import('../dist/src/store/partitions/months.js');
  const each = Math.round(events / MONTHS);
  for (let month = 1 - MONTHS; month <= 0; month += 1) {
    const range = { fromMs: monthStart(Date.now(), month), toMs: monthStart(Date.now(), month + 1) };
    if (month < 0) await createPartition(pool, 'events', range, { signal: new AbortController().signal });
    const stepMs = (Math.min(range.toMs, Date.now()) - range.fromMs) / each;
    await pool.query(
      `INSERT INTO events (at, recovery_id, kind, actor, data)
       SELECT $1::timestamptz + n * $2::float8 * interval '1 millisecond', n / 10, 'step.succeeded', 'worker', jsonb_build_object('step', n)
       FROM generate_series(0, $3::int - 1) n`,
      [new Date(range.fromMs), stepMs, each],
    );
    process.stdout.write(`\r${MONTHS + month} of ${MONTHS} months filled`);
  }
  process.stdout.write('\n');
}

/** So that the run has partitions to make. */
async function forgetFuture(pool) {
  const { rows } = await pool.query(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits
     WHERE inhparent = 'events'::regclass AND inhrelid::regclass::text > 'events_' || to_char(now(), 'YYYY_MM') AND inhrelid::regclass::text <> 'events_default'`,
  );
  for (const { name } of rows) await pool.query(`DROP TABLE ${name}`);
}
