import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, type OwnRedis, processesMarked, startOwnRedis, withDatabase } from '../support/index.js';
import { randomFrom } from '../support/random.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { FIXTURES, linesIn, manyServices, NO_APPROVALS } from '../support/scene.js';

/** `REVIVER_SEED=4711` plays the same kills again; what the machine does in between is its own. */
const SEED = Number(process.env.REVIVER_SEED ?? Date.now() % 1_000_000);
const RECOVERIES = 100;
const LINES = ['a', 'b', 'c', 'd', 'e'];

const RUNBOOK = `id: mixed
params: { file: { type: string }, ms: { type: number, default: 200 } }
steps:
  - { id: a, action: ledger_append, with: { file: "{{ params.file }}", line: a } }
  - { id: b, action: nap_append, with: { file: "{{ params.file }}", line: b, ms: 300 } }
  - { id: c, action: run_command, with: { command: [sh, -c, "sleep 0.3; echo c >> {{ params.file }}; sleep 0.3"] } }
  - { id: d, action: nap_blind, with: { file: "{{ params.file }}", line: d, ms: 150 } }
  - { id: e, action: nap_append, with: { file: "{{ params.file }}", line: e, ms: 300 } }
`;

const database = withDatabase();
const random = randomFrom(SEED);
let redis: OwnRedis;
let reviver: Installation;
const workers: Running[] = [];
let started = 0;

beforeAll(async () => {
  redis = await startOwnRedis();
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(RECOVERIES),
    runbooks: { 'mixed.yaml': RUNBOOK },
    extensions: FIXTURES,
    more: `max_concurrent_recoveries: 20\n${NO_APPROVALS}`,
  });
  await reviver.start('server', ['start', '--role', 'api']);
  await Promise.all([addWorker(), addWorker()]);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
}, 60_000);

async function addWorker(): Promise<void> {
  started += 1;
  workers.push(await reviver.start(`worker-${started}`, ['worker']));
}

/** Every second time the one that has the most in hand, else any. */
async function killOne(round: number): Promise<void> {
  const chance = Math.floor(random() * workers.length);
  const owner = round % 2 === 0 ? await busiestPid() : undefined;
  const busiest = workers.findIndex(({ pid }) => pid === owner);
  const [victim] = workers.splice(busiest >= 0 ? busiest : chance, 1);
  victim?.kill('SIGKILL');
  expect(await victim?.ended).toBe('SIGKILL');
  await addWorker();
}

async function busiestPid(): Promise<number | undefined> {
  const [most] = await database.query(
    `SELECT w.pid FROM recoveries r JOIN workers w ON w.id = r.owner GROUP BY w.pid ORDER BY count(*) DESC LIMIT 1`,
  );
  return typeof most?.pid === 'number' ? most.pid : undefined;
}

/** A second try writes files of its own. */
let tries = 0;

function fileOf(n: number): string {
  return join(reviver.folder, `ledger-${tries}-${n}.txt`);
}

const linesOf = (n: number) => linesIn(fileOf(n));

/** A person looks at the world, and says what is so. */
async function decide(id: string, n: number, view: Answer): Promise<void> {
  const stuck = view.steps.findIndex((step: Answer) => step.state === 'unknown');
  expect(stuck).toBeGreaterThanOrEqual(0);
  const there = (await linesOf(n)).includes(LINES[stuck] ?? '');
  const { status } = await reviver.call('POST', `/recoveries/${id}/${there ? 'mark-done' : 'retry'}`);
  expect(status).toBe(200);
}

async function followToEnd(id: string, n: number): Promise<number> {
  let asked = 0;
  await eventually(
    async () => {
      const { body: view } = await reviver.call('GET', `/recoveries/${id}`);
      if (view.state === 'AWAITING_MANUAL') {
        asked += 1;
        await decide(id, n, view);
      }
      expect(view.state).toBe('SUCCEEDED');
    },
    { timeoutMs: 90_000, everyMs: 300 },
  );
  return asked;
}

test(`${RECOVERIES} recoveries, a worker killed every 2 s, Redis flushed and restarted: each effect once (seed ${SEED})`, async () => {
  tries += 1;
  const ids: string[] = await Promise.all(
    Array.from({ length: RECOVERIES }, async (_, n) => {
      const { status, body } = await reviver.call('POST', `/recover/s${n + 1}`, {
        runbook: 'mixed',
        params: { file: fileOf(n) },
      });
      expect(status).toBe(202);
      return body.id;
    }),
  );
  let over = false;
  const storm = (async () => {
    for (let round = 0; !over; round += 1) {
      await delay(1_500 + random() * 1_000);
      await killOne(round);
      if (round === 1) await redis.flush();
      if (round === 3) await redis.kill();
      if (round === 5) await redis.start();
    }
  })();
  const asked = await Promise.all(ids.map((id, n) => followToEnd(id, n))).finally(() => {
    over = true;
  });
  await storm;

  for (const n of ids.keys()) expect(await linesOf(n)).toEqual(LINES);
  expect(await database.query('SELECT * FROM claims')).toEqual([]);
  expect(await database.query('SELECT * FROM slots WHERE recovery_id IS NOT NULL')).toEqual([]);
  expect(await database.query(`SELECT id FROM recoveries WHERE owner IS NOT NULL`)).toEqual([]);
  const [installation] = await database.query('SELECT id FROM installation');
  const ours = (await processesMarked('REVIVER_RUN=R-')).filter((one) =>
    one.environment.includes(`@${installation?.id}`),
  );
  expect(ours).toEqual([]);
  // Else nothing was tried: some worker was killed in a step that nobody can look at.
  expect(asked.reduce((sum, times) => sum + times, 0)).toBeGreaterThan(0);
  expect(started).toBeGreaterThan(4);
}, 150_000);
