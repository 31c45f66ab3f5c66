import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { fromDist } from '../peers/reviver/dist.mjs';
import { median, quantile } from '../stats.mjs';
import { frugalCaller } from './frugal-caller.mjs';
import { install, start, stop } from './reviver.mjs';

const STORED = 10_000;
const SERVICES = 10;
/** A token has a limit of its own, and a board is not one client. */
const TOKENS = 60;
const AT_ONCE = 32;
/** The bare server is asked before and after each, since a machine is never as busy as a moment ago. */
const ROUNDS = 3;
const BARE = fileURLToPath(new URL('../peers/bare-http.mjs', import.meta.url));

/**
 * Status queries a second with 10,000 recoveries stored, beside a bare server of Node that says as many bytes; and how
 * long it takes to schedule one beside `/health` of the same server in the same seconds (ms).
 */
export async function measureHttp(place, { seconds, schedules }) {
  const stored = await withApi(place, 'status', SERVICES, async ({ call, port, tokens, pid }) => {
    await store(place.databaseUrl, call);
    const ids = Array.from({ length: 200 }, (_, n) => `/recoveries/R-${n * 40 + 2}`);
    const status = () => call('GET', '/status');
    await perSecond(status, 1);
    const rounds = await withBare(await lengthOf(port, '/status', tokens[0]), async (bare) => {
      const all = [];
      for (let n = 0; n < ROUNDS; n += 1)
        all.push({
          bare: await perSecond(() => bare.call('GET', '/'), seconds / ROUNDS / 2, bare.pid),
          status: await perSecond(status, seconds / ROUNDS, pid),
        });
      return all;
    });
    return {
      status: middle(rounds, 'status'),
      bare: middle(rounds, 'bare'),
      ratio: median(rounds.map(({ status: own, bare }) => own.perSecond / bare.perSecond)),
      recovery: await perSecond((n) => call('GET', ids[n % ids.length]), seconds / ROUNDS, pid),
      list: await perSecond(() => call('GET', '/recoveries?limit=20'), seconds / ROUNDS, pid),
      longList: await perSecond(() => call('GET', '/recoveries?limit=200'), seconds / ROUNDS, pid),
    };
  });
  const scheduling = await withApi(place, 'schedule', schedules, async ({ call }) => {
    for (let n = 0; n < 30; n += 1) await call('GET', '/health');
    const took = { health: [], schedule: [] };
    let refused = 0;
    await inParallel(4, schedules, async (n) => {
      took.health.push(await timed(() => call('GET', '/health')));
      const asked = { strategy: 'restart', reason: 'bench' };
      const schedule = async () => {
        try {
          await call('POST', `/recover/s${n}`, asked);
        } catch {
          refused += 1;
        }
      };
      took.schedule.push(await timed(schedule));
    });
    return { health: spread(took.health), schedule: spread(took.schedule), refused };
  });
  return { ...stored, scheduling, cores: availableParallelism(), load: loadavg()[0] };
}

/** Without a worker: what is scheduled stays so. */
async function withApi(place, name, services, use) {
  const { port, env } = await install(place, name, configuration(services));
  const { createToken } = await fromDist('src/app/tokens/tokens.js');
  const tokens = [];
  for (let n = 0; n < TOKENS; n += 1)
    tokens.push(await createToken(env.API_TOKENS_FILE, { name: `t${n}`, roles: ['responder'] }, new Date()));
  const child = await start(env, 'start', '--role', 'api');
  const { call, close } = frugalCaller(port, tokens);
  try {
    return await use({ call, port, tokens, pid: child.pid });
  } finally {
    close();
    await stop(child);
  }
}

async function withBare(bytes, use) {
  const child = fork(BARE, [String(bytes)]);
  const [port] = await once(child, 'message');
  const { call, close } = frugalCaller(port, ['none']);
  try {
    return await use({ call, pid: child.pid });
  } finally {
    close();
    child.disconnect();
    await once(child, 'exit');
  }
}

async function lengthOf(port, path, token) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.arrayBuffer()).byteLength;
}

/** Of the rounds, each figure's own middle one. */
function middle(rounds, of) {
  const all = (figure) => rounds.map((round) => round[of][figure]);
  return Object.fromEntries(['perSecond', 'cpuMs', 'p50', 'p99'].map((figure) => [figure, median(all(figure))]));
}

function configuration(services) {
  const all = Array.from(
    { length: services },
    (_, n) => `{ name: s${n}, runtime: process, process: { command: ["true"], cwd: . } }`,
  );
  return `channels: { incidents: { console: incidents } }
people: []
approvals: { rules: [{ when: "true", need: 0 }] }
services: [${all.join(', ')}]
`;
}

/** One real recovery that has ended, 10,000 times. */
async function store(databaseUrl, call) {
  const { id } = await call('POST', '/recover/s0', { strategy: 'restart' });
  await call('POST', `/recoveries/${id}/cancel`);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const columns = async (table, but) =>
      (
        await client.query(
          `SELECT string_agg(quote_ident(column_name), ', ') AS names FROM information_schema.columns
           WHERE table_schema = current_schema() AND table_name = $1 AND column_name <> $2 AND is_generated = 'NEVER'`,
          [table, but],
        )
      ).rows[0].names;
    const [ofRecovery, ofStep] = [await columns('recoveries', 'id'), await columns('steps', 'recovery_id')];
    await client.query(
      `INSERT INTO recoveries (${ofRecovery}) SELECT ${ofRecovery} FROM recoveries, generate_series(2, ${STORED}) WHERE id = 1`,
    );
    await client.query(
      `INSERT INTO steps (recovery_id, ${ofStep})
       SELECT r.copy, ${ofStep} FROM steps, (SELECT id AS copy FROM recoveries WHERE id > 1) r WHERE recovery_id = 1`,
    );
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

/** `cpuMs`: what one costs the process `pid`, whatever else the machine does. */
async function perSecond(act, seconds, pid) {
  const took = [];
  const before = await cpuMsOf(pid);
  const began = performance.now();
  await inParallel(AT_ONCE, Number.POSITIVE_INFINITY, async (n) => {
    if (performance.now() - began > seconds * 1_000) return false;
    took.push(await timed(() => act(n)));
  });
  const cpuMs = ((await cpuMsOf(pid)) - before) / took.length;
  return { perSecond: took.length / ((performance.now() - began) / 1_000), cpuMs, ...spread(took) };
}

/** A tick of the kernel's clock is 10 ms. */
async function cpuMsOf(pid) {
  if (pid === undefined) return 0;
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [user = 0, system = 0] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) * 10;
}

/** Ends early once `act` answers false. */
async function inParallel(lanes, times, act) {
  let next = 0;
  const lane = async () => {
    while (next < times) {
      const n = next;
      next += 1;
      if ((await act(n)) === false) return;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function timed(act) {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

function spread(took) {
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
}
