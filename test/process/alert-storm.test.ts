import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../scripts/services/free-port.mjs';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install, type Running } from '../support/reviver.js';

/** A small storm on two replicas, of which one is killed in the middle. The large one: `npm run bench -- alerts`. */
const GROUPS = 10;
const ALERTS = 1_000;
const AT_ONCE = 8;
const TOKEN = 'a-token-that-sends-alerts-only';

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let other: number;
let replicas: Running[];

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: '  - { name: web, runtime: process, process: { command: ["true"], cwd: . } }',
    env: { ALERTS_TOKEN: TOKEN, LOG_LEVEL: 'warn' },
  });
  other = await freePort();
  replicas = [await reviver.start('one', ['start', '--role', 'api']), await startOther()];
}, 60_000);

afterAll(() => reviver.stop(), 60_000);

const startOther = () => reviver.start('two', ['start', '--role', 'api'], { PORT: String(other) });

test('a storm is one post a group, and a replica that is killed in the middle loses nothing', async () => {
  const tookMs: number[] = [];
  let sent = 0;
  let restarted: Promise<void> | undefined;
  const sender = async () => {
    while (sent < ALERTS) {
      const n = sent++;
      if (n === ALERTS / 2) restarted = killOther();
      tookMs.push(await send(n));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  await restarted;

  expect(await database.query('SELECT count(*)::int AS n FROM alerts')).toEqual([{ n: ALERTS }]);
  expect(await database.query('SELECT count(*)::int AS n, min(alerts), max(firing) FROM incidents')).toEqual([
    { n: GROUPS, min: ALERTS / GROUPS, max: ALERTS / GROUPS },
  ]);
  const posts = () =>
    database.query(
      `SELECT m.card->>'title' AS title FROM chat_views v JOIN console_messages m ON m.id::text = v.message
       WHERE v.subject LIKE 'incident:%' AND v.platform = 'console'`,
    );
  await eventually(
    async () => {
      const titles = (await posts()).map(({ title }) => String(title));
      expect(titles).toHaveLength(GROUPS);
      for (const title of titles) expect(title).toContain(`${ALERTS / GROUPS} alerts`);
    },
    { timeoutMs: 90_000, everyMs: 250 },
  );
  const sorted = tookMs.sort((a, b) => a - b);
  console.log(
    `answered within ${Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? 0)} ms (95 %), ${ALERTS} alerts`,
  );
}, 180_000);

test('all of it is over when all alerts are, and every post says so', async () => {
  await Promise.all(
    Array.from({ length: GROUPS }, (_, group) =>
      post(
        reviver.port,
        bodyOf(
          group,
          numbersOf(group).map((n) => alertOf(n, 'resolved')),
        ),
      ),
    ),
  );
  await eventually(
    async () => {
      const left = await database.query(
        `SELECT m.card->>'title' AS title FROM chat_views v JOIN console_messages m ON m.id::text = v.message
         WHERE v.subject LIKE 'incident:%' AND m.card->>'title' NOT LIKE '%resolved by itself%'`,
      );
      expect(left).toEqual([]);
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
}, 90_000);

async function killOther(): Promise<void> {
  replicas[1]?.kill('SIGKILL');
  await replicas[1]?.ended;
  replicas[1] = await startOther();
}

/** As a sender does that must not lose any: again, at the other replica, until it is answered. Gives how long the answer took. */
async function send(n: number): Promise<number> {
  const body = bodyOf(n % GROUPS, [alertOf(n, 'firing')]);
  for (let tries = 0; tries < 20; tries += 1) {
    const began = performance.now();
    const status = await post((n + tries) % 2 === 0 ? reviver.port : other, body).catch(() => 0);
    if (status === 200) return performance.now() - began;
  }
  throw new Error(`alert ${n} was not taken`);
}

async function post(port: number, body: string): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${port}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body,
  });
  return status;
}

const numbersOf = (group: number) => Array.from({ length: ALERTS / GROUPS }, (_, each) => each * GROUPS + group);

function alertOf(n: number, status: 'firing' | 'resolved'): object {
  return {
    status,
    fingerprint: `storm-${n}`,
    startsAt: '2026-11-22T05:37:28.632Z',
    ...(status === 'resolved' ? { endsAt: '2026-11-22T05:47:28.632Z' } : {}),
    labels: { alertname: `Storm${n % GROUPS}`, severity: 'warning', pod: `pod-${n}` },
    annotations: { summary: `pod-${n} does not answer` },
  };
}

function bodyOf(group: number, alerts: object[]): string {
  return JSON.stringify({ version: '4', status: 'firing', groupLabels: { alertname: `Storm${group}` }, alerts });
}
