import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { WebSocket } from 'ws';
import { freePort } from '../../scripts/services/free-port.mjs';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install, type Running } from '../support/reviver.js';
import { FIXTURES, manyServices, NO_APPROVALS } from '../support/scene.js';

const SERVICES = 60;
const RUNBOOK = `id: lines
params: { file: { type: string } }
steps:
  - { id: a, action: ledger_append, with: { file: "{{ params.file }}", line: a } }
  - { id: b, action: ledger_append, with: { file: "{{ params.file }}", line: b } }
  - { id: c, action: ledger_append, with: { file: "{{ params.file }}", line: c } }
`;

const database = withDatabase();
const redis = withRedis();
let pool: Pool;
let reviver: Installation;
let first: Running;
let otherPort: number;

beforeAll(async () => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(SERVICES),
    runbooks: { 'lines.yaml': RUNBOOK },
    extensions: FIXTURES,
    more: `${NO_APPROVALS}\nmax_concurrent_recoveries: 20`,
  });
  otherPort = await freePort();
  first = await reviver.start('first', ['start', '--role', 'api']);
  await reviver.start('other', ['start', '--role', 'api'], { PORT: String(otherPort) });
  await reviver.start('worker', ['worker']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await pool.end();
}, 60_000);

/** Follows the events from the oldest on; each time that it is cut off, on the next node, after what it saw last. */
function follow(ports: number[]): { seen: number[]; codes: number[]; drop(): void; stop(): void } {
  const seen: number[] = [];
  const codes: number[] = [];
  let socket: WebSocket | undefined;
  let stopped = false;
  let turn = 0;
  const connect = (): void => {
    const port = ports[turn % ports.length];
    turn += 1;
    socket = new WebSocket(`ws://127.0.0.1:${port}/ws/events?after=${seen.at(-1) ?? 0}`, {
      headers: { Authorization: `Bearer ${reviver.token('ann')}` },
    });
    socket.on('error', () => undefined);
    socket.on('message', (data) => seen.push(JSON.parse(String(data)).id));
    socket.once('close', (code) => {
      codes.push(code);
      if (!stopped) setImmediate(connect);
    });
  };
  connect();
  return {
    seen,
    codes,
    drop: () => socket?.terminate(),
    stop() {
      stopped = true;
      socket?.terminate();
    },
  };
}

const begin = (from: number, to: number) =>
  Promise.all(
    Array.from({ length: to - from }, (_, n) => {
      const file = `${reviver.folder}/ledger-${from + n}.txt`;
      return reviver.call(
        'POST',
        `/recover/s${from + n + 1}`,
        { runbook: 'lines', params: { file } },
        'ann',
        otherPort,
      );
    }),
  );

test('whoever follows the events sees each one once, in the order of the commits, over two nodes and their restarts', async () => {
  const followers = [follow([reviver.port, otherPort]), follow([otherPort, reviver.port]), follow([reviver.port])];
  await begin(0, 20);
  for (const one of followers) one.drop();
  const more = begin(20, 40);
  first.kill('SIGKILL');
  await first.ended;
  await more;
  const again = await reviver.start('again', ['start', '--role', 'api']);
  await begin(40, 50);
  again.kill('SIGTERM');
  const last = begin(50, SERVICES);
  await again.ended;
  await reviver.start('at last', ['start', '--role', 'api']);
  await last;
  const inOrder = await eventually(
    async () => {
      const { rows } = await pool.query("SELECT count(*)::int AS ended FROM recoveries WHERE state = 'SUCCEEDED'");
      expect(rows[0].ended).toBe(SERVICES);
      const events = await pool.query('SELECT id::int AS id FROM events ORDER BY xid, id');
      const ids: number[] = events.rows.map(({ id }) => id);
      for (const { seen } of followers) expect(seen.length).toBeGreaterThanOrEqual(ids.length);
      return ids;
    },
    { timeoutMs: 60_000 },
  );
  for (const { seen, stop } of followers) {
    stop();
    expect(seen.slice(0, inOrder.length)).toEqual(inOrder);
    expect(new Set(seen).size).toBe(seen.length);
  }
  expect(followers[2]?.codes).toContain(1001);
  expect(inOrder.length).toBeGreaterThan(SERVICES * 4);
}, 120_000);
