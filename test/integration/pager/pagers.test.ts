import { expect, test } from '@jest/globals';
import { freePort } from '../../../scripts/services/free-port.mjs';
import { createSecrets } from '../../../src/engine/secrets/secrets.js';
import { createEnvSource } from '../../../src/engine/secrets/sources/env.js';
import { createEmail } from '../../../src/pager/email.js';
import { createPagerDuty } from '../../../src/pager/pagerduty.js';
import { createSms } from '../../../src/pager/sms.js';
import { createWebhook } from '../../../src/pager/webhook.js';
import { ROUTING_KEY, startPagerDuty } from '../../platforms/pagerduty/pagerduty-server.js';
import { NOBODY, PASSWORD, startSmtp, USER } from '../../platforms/smtp/smtp-server.js';
import * as twilio from '../../platforms/twilio/twilio-server.js';
import { startWebhook, WEBHOOK_SECRET } from '../../platforms/webhook/webhook-server.js';
import { someNews } from '../../support/some-news.js';
import { pagerContract } from './pager-contract.js';

const nowhere = async () => `127.0.0.1:${await freePort()}`;
const never = new AbortController().signal;

pagerContract('PagerDuty', async () => {
  const server = await startPagerDuty();
  const pager = (url = server.url, routingKey = ROUTING_KEY) => createPagerDuty({ routingKey, url });
  return {
    pager: pager(),
    target: 'pagerduty',
    close: server.close,
    arrived: () =>
      server.incidents.flatMap(({ log, ...one }) => log.map((action) => JSON.stringify({ ...one, action }))),
    busy: () => server.faults.push({ status: 429, headers: { 'retry-after': '7' } }),
    lost: () => server.faults.push('lost'),
    hang: () => server.faults.push('hang'),
    away: async () => ({ pager: pager(`http://${await nowhere()}/v2/enqueue`), target: 'pagerduty' }),
    wrong: () => ({ pager: pager(server.url, 'f'.repeat(32)), target: 'pagerduty' }),
    secrets: [ROUTING_KEY],
  };
});

pagerContract('mail', async () => {
  const server = await startSmtp();
  const pager = (url = server.url) => createEmail({ url, from: USER, installation: 'home' });
  return {
    pager: pager(),
    target: 'oncall@example.com',
    close: server.close,
    arrived: () => server.mails.map(({ data }) => readable(data)),
    busy: () => server.faults.push('greylisted'),
    lost: () => server.faults.push('lost'),
    hang: () => server.faults.push('hang'),
    away: async () => ({ pager: pager(`smtp://me:${PASSWORD}@${await nowhere()}`), target: 'oncall@example.com' }),
    wrong: () => ({ pager: pager(), target: NOBODY }),
    secrets: [PASSWORD],
  };
});

pagerContract('SMS', async () => {
  const server = await twilio.startTwilio();
  const settings = { accountSid: twilio.ACCOUNT_SID, authToken: twilio.AUTH_TOKEN, from: twilio.FROM };
  const [target = ''] = twilio.VERIFIED;
  return {
    pager: createSms({ ...settings, url: server.url }),
    target,
    close: server.close,
    arrived: () => server.messages.map(({ body }) => body),
    busy: () => server.faults.push({ status: 429, headers: { 'retry-after': '7' } }),
    lost: () => server.faults.push('lost'),
    hang: () => server.faults.push('hang'),
    away: async () => ({ pager: createSms({ ...settings, url: `http://${await nowhere()}` }), target }),
    wrong: () => ({ pager: createSms({ ...settings, url: server.url }), target: twilio.UNVERIFIED }),
    secrets: [twilio.AUTH_TOKEN],
  };
});

const KEY = 'key-9f8e7d6c';
const secrets = createSecrets([createEnvSource({ WEBHOOK_KEY: KEY })]);

pagerContract('webhook', async () => {
  const server = await startWebhook();
  return {
    pager: createWebhook({ url: server.url, secret: WEBHOOK_SECRET, secrets }),
    target: 'webhook',
    close: server.close,
    arrived: () => server.messages.map(({ body }) => JSON.stringify(body)),
    busy: () => server.faults.push({ status: 503, headers: { 'retry-after': '7' } }),
    lost: () => server.faults.push('lost'),
    hang: () => server.faults.push('hang'),
    away: async () => ({
      pager: createWebhook({ url: `http://${await nowhere()}/\${env:WEBHOOK_KEY}`, secrets }),
      target: 'webhook',
    }),
    wrong: () => ({
      pager: createWebhook({ url: server.url, secret: 'another secret of ours', secrets }),
      target: 'webhook',
    }),
    secrets: [WEBHOOK_SECRET, KEY],
  };
});

test('a receiver that says when it wants to be asked again is asked then', async () => {
  const server = await startPagerDuty();
  server.faults.push({ status: 429, headers: { 'retry-after': '7' } });
  const sent = createPagerDuty({ routingKey: ROUTING_KEY, url: server.url }).send(someNews(), 'pagerduty', never);
  await expect(sent).rejects.toMatchObject({ retryAfterMs: 7_000 });
  await server.close();
});

test('the address of a webhook may name a secret, which is looked up for each page', async () => {
  const server = await startWebhook();
  const news = someNews();
  const env: Record<string, string> = { HOOK: server.url };
  const named = createSecrets([createEnvSource(env)]);
  const pager = createWebhook({ url: 'env:HOOK', secret: WEBHOOK_SECRET, secrets: named });
  await pager.send(news, 'webhook', never);
  expect(server.messages).toHaveLength(1);
  delete env.HOOK;
  await expect(pager.send(news, 'webhook', never)).rejects.toMatchObject({
    again: true,
    message: expect.stringContaining('env:HOOK'),
  });
  env.HOOK = 'no address';
  await expect(pager.send(news, 'webhook', never)).rejects.toMatchObject({
    again: false,
    message: 'What escalation.contacts.webhook names is no URL with https:// or http://.',
  });
  await server.close();
});

test('a webhook that is sent again is the same to its receiver', async () => {
  const server = await startWebhook();
  const pager = createWebhook({ url: server.url, secret: WEBHOOK_SECRET, secrets });
  for (const _ of [1, 2]) await pager.send(someNews(), 'webhook', never);
  expect(server.messages).toHaveLength(1);
  expect(server.repeated).toEqual(['page:E-5:1:email:abc']);
  await server.close();
});

test('mails of one escalation are one thread, and one that is sent again is the same mail', async () => {
  const server = await startSmtp();
  const pager = createEmail({ url: server.url, from: USER, installation: 'home' });
  const header = (name: string) => server.mails.map(({ data }) => new RegExp(`^${name}: (.*)$`, 'im').exec(data)?.[1]);
  await pager.send(someNews(), 'oncall@example.com', never);
  await pager.send(someNews(), 'oncall@example.com', never);
  await pager.send(someNews({ action: 'resolve', key: 'page:E-5:resolve' }), 'oncall@example.com', never);
  expect(new Set(header('References'))).toEqual(new Set(['<E-5@home.reviver.invalid>']));
  const [first, again, last] = header('Message-ID');
  expect(first).toBe(again);
  expect(last).not.toBe(first);
  await server.close();
});

test('a login that the mail server refuses is said, and not tried again', async () => {
  const server = await startSmtp();
  const pager = createEmail({ url: `smtp://me:wrong@${server.host}`, from: USER, installation: 'home' });
  await expect(pager.send(someNews(), 'oncall@example.com', never)).rejects.toMatchObject({
    message: expect.stringContaining('refuses the login of SMTP_URL'),
    again: false,
  });
  await server.close();
});

test.each([
  [twilio.UNVERIFIED, '21608', 'verified numbers only'],
  [twilio.STOPPED, '21610', 'unsubscribed'],
])('a number that cannot be reached (%s) is said in words', async (to, code, help) => {
  const server = await twilio.startTwilio();
  const settings = { accountSid: twilio.ACCOUNT_SID, authToken: twilio.AUTH_TOKEN, from: twilio.FROM };
  const sent = createSms({ ...settings, url: server.url }).send(someNews(), to, never);
  await expect(sent).rejects.toMatchObject({ message: expect.stringMatching(new RegExp(`${code}.*${help}`)) });
  await server.close();
});

/** Bodies and subjects as a mail program shows them, without regard for who wrapped them. */
function readable(data: string): string {
  const unfolded = data.replace(/=\r\n/g, '').replace(/\r\n[ \t]/g, ' ');
  return unfolded.replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
}
