import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { quantile } from '../stats.mjs';
import { command, install, start, stop } from './reviver.mjs';

/** Thirty commands of a person in a minute are the limit. */
const A_PERSON = 25;
const ALERTS_TOKEN = 'a-token-that-sends-alerts-only';

/**
 * From the press of Recover under the post of an alert until its first step began, ms, one incident after the other, as the
 * database's own clock saw the step and this process the press.
 */
export async function measureClicks(place, { clicks }) {
  const services = Array.from({ length: clicks }, (_, n) => `svc-${n}`);
  const { port, env } = await install(place, 'clicks', configuration(services), { ALERTS_TOKEN });
  const tokens = [];
  for (let n = 0; n <= clicks / A_PERSON; n += 1) tokens.push(await tokenOf(env, `P${n}`));
  const server = await start(env, 'start', '--role', 'api', '--role', 'bot');
  const worker = await start(env, 'worker');
  const client = new pg.Client({ connectionString: place.databaseUrl });
  await client.connect();
  const call = caller(port);
  try {
    const clockMs = await clockAhead(client);
    const took = [];
    for (const [n, service] of services.entries()) {
      const token = tokens[Math.floor(n / A_PERSON)];
      await call('POST', '/webhooks/alertmanager', ALERTS_TOKEN, alertOf(service));
      const post = await until(async () => {
        const { items } = await call('GET', '/console/api/channels/incidents/messages?limit=10', token);
        return items.find(({ card }) => card.title.includes(service) && recoverOf(card));
      });
      const pressedAt = Date.now();
      await call('POST', '/console/api/clicks', token, { message: post.id, command: recoverOf(post.card).command });
      const begun = await until(async () => {
        const { rows } = await client.query(
          'SELECT s.started_at FROM steps s JOIN recoveries r ON r.id = s.recovery_id WHERE r.service = $1 AND s.started_at IS NOT NULL',
          [service],
        );
        return rows[0];
      });
      took.push(begun.started_at.getTime() - clockMs - pressedAt);
    }
    return { clicks, p50: quantile(took, 0.5), p95: quantile(took, 0.95), most: Math.max(...took) };
  } finally {
    await client.end();
    await Promise.all([stop(server), stop(worker)]);
  }
}

async function tokenOf(env, person) {
  const said = await command(env, 'token', 'create', '--name', person, '--person', person, '--role', 'responder');
  return /[\w-]{30,}/.exec(said)?.[0];
}

/** How far the database's clock is ahead of this one, ms; both are on this machine. */
async function clockAhead(client) {
  const before = Date.now();
  const { rows } = await client.query('SELECT clock_timestamp() AS now');
  return rows[0].now.getTime() - (before + Date.now()) / 2;
}

const recoverOf = (card) => card.buttons.find(({ label }) => label === 'Recover');

async function until(look) {
  const began = performance.now();
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() - began > 20_000) throw new Error('nothing came within 20 s');
    await sleep(5);
  }
}

function caller(port) {
  return async (method, path, token, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
}

function alertOf(service) {
  const labels = { alertname: 'ServiceDown', severity: 'critical', service };
  const alert = { status: 'firing', fingerprint: `f-${service}`, startsAt: new Date().toISOString(), labels };
  const annotations = { summary: `${service} does not answer` };
  const endsAt = '0001-01-01T00:00:00Z';
  const group = { version: '4', status: 'firing', receiver: 'reviver', groupLabels: { service }, truncatedAlerts: 0 };
  return { ...group, alerts: [{ ...alert, annotations, endsAt }] };
}

function configuration(services) {
  return `channels: { incidents: { console: incidents } }
people: [${Array.from({ length: 1 + services.length / A_PERSON }, (_, n) => `{ name: P${n}, console: p${n}, roles: [responder] }`).join(', ')}]
approvals: { rules: [{ when: "true", need: 0 }] }
templates: [{ id: nothing, match: { services: [${services.join(', ')}] }, steps: ["notify: hello"] }]
services:
${services.map((name) => `  - { name: ${name}, runtime: process, process: { command: ["true"], cwd: . } }`).join('\n')}
`;
}
