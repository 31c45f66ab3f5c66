import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { quantile } from '../stats.mjs';
import { install, residentMiB, start, stop } from './reviver.mjs';

const TOKEN = 'a-token-that-sends-alerts-only';
const CONFIGURATION = `channels: { incidents: { console: incidents } }
people: [{ name: Ann, console: ann, roles: [responder] }]
services: [{ name: svc-0, runtime: process, process: { command: ["true"], cwd: . } }]
`;
const AGENT = new Agent({ keepAlive: true, maxSockets: 64 });

/**
 * A storm: `alerts` in `overMs`, evenly, each a webhook of its own, in `groups`. Gives what is stored and shown in the end, how
 * long the answers took (ms), and the memory of the process that takes them in (MiB, each second).
 */
export async function measureAlerts(place, { alerts, groups, overMs }) {
  const { port, env } = await install(place, 'alerts', CONFIGURATION, { ALERTS_TOKEN: TOKEN });
  const child = await start(env, 'start', '--role', 'api');
  const client = new pg.Client({ connectionString: place.databaseUrl });
  await client.connect();
  const memory = [];
  const watch = setInterval(() => void residentMiB(child.pid).then((mib) => memory.push(mib)), 1_000);
  try {
    const took = [];
    const refused = [];
    const began = performance.now();
    const sent = [];
    for (let n = 0; n < alerts; n += 1) {
      const early = began + (n * overMs) / alerts - performance.now();
      if (early > 1) await sleep(early);
      sent.push(post(port, bodyOf(n, groups)).then(({ status, ms }) => (status === 200 ? took : refused).push(ms)));
    }
    await Promise.all(sent);
    const sentMs = performance.now() - began;
    const shownMs = await untilShown(client, { alerts, groups }, began);
    const count = async (text) => (await client.query(text)).rows[0].n;
    return {
      sent: alerts,
      refused: refused.length,
      sentMs,
      shownMs,
      stored: await count('SELECT count(*)::int AS n FROM alerts'),
      counted: await count('SELECT sum(alerts)::int AS n FROM incidents'),
      posts: await count('SELECT count(*)::int AS n FROM console_messages WHERE thread IS NULL'),
      answers: { p50: quantile(took, 0.5), p95: quantile(took, 0.95), p99: quantile(took, 0.99) },
      memory: { first: memory[2] ?? 0, most: Math.max(...memory), last: memory.at(-1) ?? 0 },
    };
  } finally {
    clearInterval(watch);
    await client.end();
    await stop(child);
  }
}

/** Until every post tells the whole count of its group. */
async function untilShown(client, { alerts, groups }, began) {
  for (;;) {
    const { rows } = await client.query(
      `SELECT count(*)::int AS n FROM console_messages WHERE card->>'title' LIKE '%${alerts / groups} alerts%'`,
    );
    if (rows[0].n === groups || performance.now() - began > 240_000) return performance.now() - began;
    await sleep(250);
  }
}

function bodyOf(n, groups) {
  const alertname = `Storm${n % groups}`;
  return JSON.stringify({
    version: '4',
    status: 'firing',
    receiver: 'reviver',
    groupLabels: { alertname },
    truncatedAlerts: 0,
    alerts: [
      {
        ...{
          status: 'firing',
          fingerprint: `storm-${n}`,
          startsAt: new Date().toISOString(),
          endsAt: '0001-01-01T00:00:00Z',
        },
        labels: { alertname, severity: 'warning', service: `svc-${n % groups}`, pod: `pod-${n}` },
        annotations: { summary: `pod-${n} does not answer` },
      },
    ],
  });
}

function post(port, body) {
  const began = performance.now();
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${TOKEN}`,
      'content-length': Buffer.byteLength(body),
    };
    const sending = request(
      { port, host: '127.0.0.1', path: '/webhooks/alertmanager', method: 'POST', agent: AGENT, headers },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve({ status: answer.statusCode, ms: performance.now() - began }));
      },
    );
    sending.once('error', () => resolve({ status: 0, ms: performance.now() - began }));
    sending.end(body);
  });
}
