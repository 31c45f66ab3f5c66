import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../scripts/services/free-port.mjs';
import { APP_TOKEN, BOT_TOKEN, createSlackServer, type SlackServer } from '../platforms/slack/slack-server.js';
import { ANN, GROUP, LEE, settle } from '../platforms/telegram/scene.js';
import { startTelegramServer, type TelegramServer } from '../platforms/telegram/server.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Monitoring, monitoringMissing, startMonitoring } from '../support/monitoring.js';
import { type Answer, type Installation, install } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';

/** From a killed process to a resolved alert, with the real Prometheus and Alertmanager and one click. */
const SLACK = 'C0INCIDENT';
const TOKEN = 'a-token-that-sends-alerts-only';
const soon = { timeoutMs: 20_000 };

const database = withDatabase();
const redis = withRedis();
let patient = 0;
let slack: SlackServer;
let telegram: TelegramServer;
let exporter: Server;
let reviver: Installation;
let monitoring: Monitoring | undefined;

const incidents = (): Promise<Answer[]> => database.query('SELECT * FROM incidents ORDER BY id');
const onSlack = () => slack.seen(SLACK).filter(({ text }) => text.includes('RedisDown'));
const onTelegram = () => telegram.written(GROUP).filter(({ text }) => text.includes('RedisDown'));

beforeAll(async () => {
  if (monitoringMissing) return;
  patient = await freePort();
  exporter = await startExporter(() => patient);
  [slack, telegram] = await Promise.all([createSlackServer(), startTelegramServer()]);
  for (const id of ['U0ANN', 'U0LEE']) slack.workspace.join({ id });
  slack.workspace.open({ id: SLACK, members: ['U0ANN', 'U0LEE'] });
  settle(telegram);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `  - name: redis
    runtime: process
    process: { command: [redis-server, --port, "${patient}", --bind, 127.0.0.1, --save, ""], cwd: . }
    health: [{ type: redis, url: "redis://127.0.0.1:${patient}", interval: 500ms, timeout: 2s, failures: 2 }]
    criticality: critical
    recovery_strategies: [restart]`,
    more: NO_APPROVALS,
    channels: `slack: ${SLACK}, telegram: "${GROUP}"`,
    ids: { ann: `slack: U0ANN, telegram: "${ANN}"`, lee: `slack: U0LEE, telegram: "${LEE}"` },
    env: {
      ALERTS_TOKEN: TOKEN,
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_APP_TOKEN: APP_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.url,
    },
  });
  await reviver.start('server', ['start', '--role', 'api', '--role', 'bot']);
  await reviver.start('worker', ['worker']);
  await recover();
  await reviver.start('scheduler', ['start', '--role', 'scheduler']);
  monitoring = await startMonitoring({
    scrape: `127.0.0.1:${portOf(exporter)}`,
    rule: `{ alert: RedisDown, expr: redis_up == 0, labels: { severity: critical, service: redis }, annotations: { summary: "redis does not answer PING" } }`,
    webhook: `http://127.0.0.1:${reviver.port}/webhooks/alertmanager`,
    token: TOKEN,
  });
}, 120_000);

afterAll(async () => {
  await monitoring?.stop();
  await reviver?.stop();
  if (patient) await killPatient();
  exporter?.close();
  await Promise.all([slack?.close(), telegram?.close()]);
}, 60_000);

const whenThere = monitoringMissing ? test.skip : test;
if (monitoringMissing) console.warn(`Left out: ${monitoringMissing}`);

whenThere(
  'a killed process is an alert, one post on every platform, and well again after one click',
  async () => {
    await killPatient();
    const post = await eventually(() => {
      const [one] = onSlack();
      if (!one?.text.includes('1 alert'))
        throw new Error(
          `not yet: ${slack
            .seen(SLACK)
            .map(({ text }) => text)
            .join('\n')}`,
        );
      return one;
    }, soon);
    // What Reviver's own check found and the alert are one incident.
    expect(await incidents()).toMatchObject([
      { service: 'redis', state: 'open', alerts: 1, firing: 1, own: ['health:redis'] },
    ]);
    expect(post.text).toMatch(/RedisDown · redis · firing/);
    expect(post.text).toContain('Alert says: “redis does not answer PING”');
    expect(post.text).toContain('Remedy: restart');
    expect(post.buttons).toEqual(['Recover', 'Choose plan', 'Acknowledge', 'Silence', 'Escalate']);
    await eventually(() => expect(onTelegram()).toHaveLength(1), soon);

    await slack.as('U0ANN').press(SLACK, post.ts, 'Acknowledge');
    await eventually(() => expect(onTelegram()[0]?.text).toContain('acknowledged by Ann'), soon);

    // Two people press at once: one recovery.
    const card = onTelegram()[0];
    await slack.as('U0ANN').press(SLACK, post.ts, 'Recover');
    telegram.people.press(LEE, GROUP, card?.id ?? 0, 'Recover');
    await eventually(
      () => expect(onSlack()[0]?.text).toMatch(/RedisDown · redis · recovered in .* by R-2 · (Ann|Lee)/),
      soon,
    );
    await eventually(() => expect(onTelegram()[0]?.text).toMatch(/recovered in .* by R-2/), soon);
    expect((await reviver.call('GET', '/recoveries')).body.items).toHaveLength(2);

    await eventually(async () => {
      const [alert] = await database.query('SELECT state, count FROM alerts');
      expect(alert).toMatchObject({ state: 'resolved' });
    }, soon);
    await eventually(() => expect(onSlack()[0]?.text).not.toContain('still fire'), { timeoutMs: 90_000 });
    expect(await incidents()).toMatchObject([{ state: 'resolved', firing: 0 }]);
    expect([onSlack().length, onTelegram().length]).toEqual([1, 1]);
    const text = await metrics();
    expect(text).toMatch(/alerts_received_total{source="alertmanager",status="firing"} [1-9]/);
    expect(text).toMatch(/alerts_received_total{source="alertmanager",status="resolved"} 1/);
    expect(text).toMatch(/alert_posts_total{platform="slack"} 1/);
  },
  180_000,
);

whenThere(
  'a silence in the console keeps the next outage quiet, and it is recorded all the same',
  async () => {
    const [{ id }] = await incidents();
    await say(`silence I-${id} 1h`);
    await killPatient();
    await eventually(async () => expect(await incidents()).toMatchObject([{}, { state: 'open', firing: 1 }]), soon);
    await say('unsilence RedisDown');
    await eventually(() => expect(onSlack()).toHaveLength(2), soon);
    await recover();
    await eventually(async () => expect(await incidents()).toMatchObject([{}, { state: 'resolved' }]), soon);
  },
  90_000,
);

async function say(text: string): Promise<void> {
  expect((await reviver.call('POST', '/console/api/commands', { channel: 'incidents', text })).status).toBe(202);
}

async function recover(): Promise<void> {
  const { body } = await reviver.call('POST', '/recover/redis', { strategy: 'restart' });
  await reviver.reaches(body.id, 'SUCCEEDED');
}

async function metrics(): Promise<string> {
  const headers = { authorization: `Bearer ${reviver.token('ann')}` };
  const answer = await fetch(`http://127.0.0.1:${reviver.port}/metrics`, { headers });
  return answer.text();
}

/** SIGKILL; does nothing when it is down. */
async function killPatient(): Promise<void> {
  const pid = await ask(patient);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

/** Tells Prometheus whether the patient answers, as an exporter does. */
async function startExporter(port: () => number): Promise<Server> {
  const server = createServer((_req, res) => {
    void ask(port()).then((pid) => {
      res.setHeader('Content-Type', 'text/plain; version=0.0.4');
      res.end(`redis_up ${pid === undefined ? 0 : 1}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** The pid of the Redis that answers there. */
function ask(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 1_000 });
    let text = '';
    socket.once('connect', () => socket.write('INFO server\r\nQUIT\r\n'));
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.once('timeout', () => socket.destroy());
    socket.once('error', () => {});
    socket.once('close', () => resolve(Number(/process_id:(\d+)/.exec(text)?.[1] ?? Number.NaN) || undefined));
  });
}
