import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type PagerDutyServer, startPagerDuty } from '../platforms/pagerduty/pagerduty-server.js';
import { type SmtpServer, startSmtp } from '../platforms/smtp/smtp-server.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { FIXTURES, manyServices, NO_APPROVALS } from '../support/scene.js';

/** A pager that refuses its key: the next level does not wait, and everybody who looks sees it. */
const database = withDatabase();
const redis = withRedis();
let pager: PagerDutyServer;
let mail: SmtpServer;
let reviver: Installation;
const soon = { timeoutMs: 30_000 };

const STUCK = `id: stuck
steps: [{ id: a, name: Ask the cache, action: run_command, with: { command: ["false"] }, retry: { strategy: manual } }]
`;

beforeAll(async () => {
  [pager, mail] = await Promise.all([startPagerDuty(), startSmtp()]);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(1),
    runbooks: { 'stuck.yaml': STUCK },
    extensions: FIXTURES,
    more: `${NO_APPROVALS}
escalation:
  contacts: { email: [oncall@example.com] }
  policies: { default: [ { after: 0s, notify: [chat, pagerduty] }, { after: 1h, notify: [email] } ] }`,
    env: { PAGERDUTY_ROUTING_KEY: 'f'.repeat(32), PAGERDUTY_EVENTS_URL: pager.url, SMTP_URL: mail.url },
  });
  await reviver.start('server', ['start']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await Promise.all([pager.close(), mail.close()]);
}, 60_000);

async function shown(): Promise<string> {
  return JSON.stringify(await database.query('SELECT * FROM console_messages ORDER BY 1'));
}

test('what PagerDuty refuses reaches the mail of the next level at once; the card, the thread, /health and the metrics say so, and one acknowledgement ends it', async () => {
  const { body } = await reviver.call('POST', '/recover/s1', { runbook: 'stuck' });
  await reviver.reaches(body.id, 'AWAITING_MANUAL');
  await eventually(() => expect(mail.mails).toHaveLength(1), soon);
  expect(mail.mails[0]?.data).toContain('Ask the cache');
  await eventually(async () => expect(await shown()).toContain('Not reached: PagerDuty · E-1'), soon);
  expect(await shown()).toContain(
    'Not reached: PagerDuty (PagerDuty refuses it: routing_key is not one of an integration)',
  );
  expect(await shown()).toContain('"command":"ack E-1"');
  const health = await reviver.call('GET', '/health');
  expect(health).toMatchObject({ status: 200, body: { status: 'degraded' } });
  expect(JSON.stringify(health.body)).toContain('not reached: pagerduty');

  expect((await reviver.call('POST', `/recoveries/${body.id}/ack`, {})).status).toBe(200);
  await eventually(() => expect(mail.mails).toHaveLength(2), soon);
  expect(mail.mails[1]?.data).toContain('Ann looks after it');
  await eventually(async () => expect(await shown()).toContain('Ann looks after it · Not reached: PagerDuty'), soon);
}, 90_000);
