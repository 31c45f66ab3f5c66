import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startServices } from './services.mjs';
import { quantile } from './stats.mjs';

const USAGE = `npm run bench -- library [--recoveries N]
  What the library itself costs, one recovery after the other (default 1000), in memory and in Postgres with Redis:
  schedule  the whole of scheduleRecovery, until the recovery is stored
  execute   from then on until executeRecovery has the outcome, less the time of the effect, which waits a millisecond
  status    getRecoveryStatus with those recoveries stored, questions a second`;

const TARGET_MS = 5;
const TARGET_STATUS = 2_000;
/** Code is compiled and connections are made in these. */
const WARM_UP = 200;
const DIST = process.env.REVIVER_DIST ?? join(import.meta.dirname, '..', 'dist');

const { values } = parseArgs({
  options: { recoveries: { type: 'string', default: '1000' }, help: { type: 'boolean', short: 'h' } },
  args: process.argv.slice(2),
});
if (values.help) console.log(USAGE);
else await bench(Number(values.recoveries));

async function bench(recoveries) {
  const services = await startServices(['library']);
  const { databaseUrl, redisUrl } = services.places.library;
  try {
    const memory = await measure('in memory', {}, recoveries);
    const shared = await measure('in Postgres with Redis', { databaseUrl, redisUrl }, recoveries);
    await bareCommits(databaseUrl, recoveries);
    process.exitCode = memory && shared ? 0 : 1;
  } finally {
    await services.stop();
  }
}

async function measure(where, options, recoveries) {
  const { RecoveryOrchestrator } = await import(pathToFileURL(join(DIST, 'src', 'index.js')).href);
  const effect = { begun: 0, ended: 0 };
  const recover = async () => {
    effect.begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1));
    effect.ended = performance.now();
  };
  const orchestrator = new RecoveryOrchestrator({ ...options, recover, historyLimit: recoveries + WARM_UP });
  await orchestrator.start();
  try {
    const took = { schedule: [], execute: [] };
    const late = [];
    for (let n = -WARM_UP; n < recoveries; n += 1) {
      const nothing = await timed(() => new Promise((resolve) => setTimeout(resolve, 1)));
      const service = `service-${n + WARM_UP}`;
      const schedule = await timed(() => orchestrator.scheduleRecovery(service));
      const asked = performance.now();
      const execute = await timed(() => orchestrator.executeRecovery(service));
      if (n < 0) continue;
      late.push(nothing - 1);
      took.schedule.push(schedule);
      // The worker begins as soon as it is stored: what of the effect was over before does not count here.
      took.execute.push(execute - Math.max(0, effect.ended - Math.max(effect.begun, asked)));
    }
    const met = Object.entries(took).map(([what, ms]) => tell(`${what} ${where}`, ms));
    console.log(`        a timer of this machine came late in the same time, ms: ${figures(late)}`);
    await status(orchestrator, where);
    return met.every(Boolean);
  } finally {
    await orchestrator.stop();
  }
}

/** What durability alone costs here: the commits that a recovery needs in the end, of one row each, and nothing else. */
async function bareCommits(databaseUrl, times) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE TABLE bare (n int)');
    const commit = () => client.query({ name: 'bare', text: 'INSERT INTO bare VALUES ($1)', values: [1] });
    const took = { schedule: [], execute: [] };
    for (let n = -WARM_UP; n < times; n += 1) {
      const schedule = await timed(commit);
      const execute = await timed(() => commit().then(commit));
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (n < 0) continue;
      took.schedule.push(schedule);
      took.execute.push(execute);
    }
    for (const [what, ms] of Object.entries(took))
      console.log(`        bare commits of as many rows as ${what} needs at least, ms: ${figures(ms)}`);
  } finally {
    await client.end();
  }
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function tell(what, ms) {
  const met = quantile(ms, 0.99) < TARGET_MS;
  console.log(`${met ? 'met   ' : 'MISSED'}  overhead of ${what}, ms: ${figures(ms)} (p99 < ${TARGET_MS})`);
  return met;
}

function figures(ms) {
  return `p50 ${quantile(ms, 0.5).toFixed(2)}, p99 ${quantile(ms, 0.99).toFixed(2)} of ${ms.length}`;
}

async function status(orchestrator, where) {
  const until = performance.now() + 2_000;
  let asked = 0;
  const ask = async () => {
    for (; performance.now() < until; asked += 1) await orchestrator.getRecoveryStatus();
  };
  await Promise.all(Array.from({ length: 8 }, ask));
  const perSecond = asked / 2;
  console.log(`        status ${where}: ${perSecond.toFixed(0)} a second (${TARGET_STATUS} are asked of the API)`);
}
