import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { machine, revision } from '../report/machine.mjs';
import { benchPlanner, benchServices } from './bench-planner.mjs';
import { importShipped, load, ROOT, withDatabase } from './knowledge.mjs';

const SIZES = [10_000, 100_000, 1_000_000];
const QUESTIONS = 300;
const TARGET_MS = 20;
/** p95 with the most incidents, of that with the fewest. */
const GROWTH = 2;
const SERVICES = 200;
const MOST_RECENT = 12;

/**
 * How long a plan takes with many past incidents in a real Postgres: `plan [--sizes 10000,100000] [--save]`. Incidents are drawn
 * from real words of the documents, so that words are as common as they are; services and plans, too, are many.
 */
export async function plan(args) {
  const given = args.find((arg) => /^[\d,]+$/.test(arg));
  const sizes = given ? given.split(',').map(Number) : SIZES;
  await withDatabase(async (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    try {
      const results = await measureAll(sizes, pool);
      judge(results);
      if (args.includes('--save')) console.log(`\nKept in ${await keep(results)}`);
    } finally {
      await pool.end();
    }
  });
}

async function measureAll(sizes, pool) {
  const { createKnowledgeStore } = await load('store/knowledge-store');
  const store = createKnowledgeStore(pool);
  const runbooks = await importShipped(store);
  const makePlan = await planner(runbooks, store);
  const results = [];
  for (const size of sizes) {
    await fill(size, runbooks, pool);
    await measure(makePlan, 50);
    const took = await measure(makePlan, QUESTIONS);
    const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))];
    const result = { incidents: size, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: took.at(-1) };
    results.push(result);
    console.log(
      `${String(size).padStart(9)} past incidents   p50 ${result.p50Ms.toFixed(1)} ms   p95 ${result.p95Ms.toFixed(1)} ms   max ${result.maxMs.toFixed(1)} ms`,
    );
  }
  return results;
}

const SAID = [
  'HostHighCpuLoad: load average 48, requests time out since noon',
  'FATAL: sorry, too many clients already',
  'OOM command not allowed when used memory > maxmemory, workers cannot enqueue',
  'на сервере закончилось место, логи забили раздел /var',
  'после деплоя посыпались пятисотки, откатите',
  'pods in CrashLoopBackOff after the config change, exit code 1, restarted 40 times',
  'x509: certificate has expired or is not yet valid on the payment gateway',
  'replica is twenty minutes behind the primary and reads are stale',
  'no route to host, node NotReady, ssh times out',
  'postgress does not aswer, conection refused on 5432',
];

async function measure(makePlan, times) {
  const took = [];
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    await makePlan(
      { service: `service-${(n * 7) % SERVICES}`, description: SAID[n % SAID.length] },
      { name: 'bench', roles: [] },
      { id: n, title: `incident ${n}`, severity: 0.5 },
    );
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b);
}

function planner(runbooks, store) {
  const services = benchServices(SERVICES, 'service', ['restart', 'recreate', 'scale_up', 'hybrid'], {
    sizes: [{ cpus: 1 }, { cpus: 2 }],
    health: [{ type: 'tcp', url: 'tcp://127.0.0.1:1', intervalMs: 1, timeoutMs: 1, failures: 1 }],
  });
  return benchPlanner({ store, services, runbooks });
}

/** Incidents up to this number, and the counts as they would be had each been read alone. */
async function fill(size, runbooks, pool) {
  const plans = [
    ...runbooks.map(({ id }) => `runbook:${id}`),
    'strategy:restart',
    'strategy:recreate',
    'strategy:scale_up',
  ];
  await pool.query(
    `WITH plans AS (SELECT plan, row_number() OVER () - 1 AS n FROM unnest($3::text[]) AS plan),
     words AS MATERIALIZED (
       SELECT lexeme, row_number() OVER (ORDER BY sum(written) DESC, lexeme) - 1 AS rank FROM knowledge_terms
       WHERE written > 0 AND lexeme NOT LIKE '% %' AND lexeme <> '#lines' GROUP BY lexeme),
     many AS (SELECT count(*)::float8 AS n FROM words)
     INSERT INTO knowledge (kind, source, service, plan, body, lexemes, recovery_id, succeeded, active_ms, at)
     SELECT 'outcome', 'R-' || i, 'service-' || (hashint4(i) & 2147483647) % $4,
       (SELECT plan FROM plans p WHERE p.n = (hashint4(i + 1) & 2147483647) % cardinality($3::text[])), '',
       ARRAY(SELECT DISTINCT lexeme FROM generate_series(1, 14) k JOIN words w
         ON w.rank = floor((SELECT n FROM many) * power(((hashint4(i * 31 + k) & 2147483647) / 2147483647.0), 3))::int),
       i, (hashint4(i + 2) & 3) > 0, 12000, now() - (($2 - i) || ' minutes')::interval
     FROM generate_series((SELECT count(*) + 1 FROM knowledge WHERE kind = 'outcome')::int, $1) AS i`,
    [size, size, plans, SERVICES],
  );
  await pool.query('DELETE FROM knowledge_terms WHERE written = 0');
  await pool.query(
    `INSERT INTO knowledge_terms AS t (lexeme, plan, entries, recent)
     SELECT lexeme, plan, max(place), array_agg(id ORDER BY id DESC) FILTER (WHERE place_from_end <= $1)
     FROM (SELECT lexeme, plan, id, row_number() OVER w AS place,
         row_number() OVER (PARTITION BY lexeme, plan ORDER BY id DESC) AS place_from_end
       FROM (SELECT id, plan, unnest(lexemes) AS lexeme FROM knowledge WHERE kind = 'outcome') read
       WINDOW w AS (PARTITION BY lexeme, plan ORDER BY id)) counted
     GROUP BY lexeme, plan
     ON CONFLICT (lexeme, plan) DO UPDATE SET entries = excluded.entries, recent = excluded.recent`,
    [MOST_RECENT],
  );
  await pool.query('VACUUM ANALYZE knowledge, knowledge_terms, knowledge_words');
}

function judge(results) {
  const middle = results.find(({ incidents }) => incidents === 100_000) ?? results.at(-1);
  const [first, last] = [results[0], results.at(-1)];
  const growth = last.p95Ms / first.p95Ms;
  console.log(
    `\n${verdict(middle.p95Ms < TARGET_MS)}  p95 with ${middle.incidents} past incidents  ${middle.p95Ms.toFixed(1)} ms  < ${TARGET_MS} ms`,
  );
  if (results.length > 1)
    console.log(
      `${verdict(growth <= GROWTH)}  p95 with ${last.incidents}, of that with ${first.incidents}  ${growth.toFixed(2)}  <= ${GROWTH}`,
    );
}

const verdict = (met) => (met ? 'met   ' : 'MISSED');

async function keep(results) {
  const at = new Date().toISOString();
  const file = join(ROOT, 'bench/history', `${at.slice(0, 10)}-${revision(join(ROOT, 'bench'))}-plan.json`);
  const rounded = (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);
  await writeFile(file, `${JSON.stringify({ at, machine: machine(), plan: results }, rounded, 2)}\n`);
  return file;
}
