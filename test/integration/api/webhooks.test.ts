import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/engine/model/errors.js';
import { type Answer, type ApiServer, startApi } from '../../support/api-server.js';
import { anIncident } from '../../unit/engine/use-cases/memory-ports.js';

const TOKEN = 'alerts-token-of-sixteen';
const NEXT_TOKEN = 'alerts-token-that-is-next';
const HMAC = 'hmac-secret-of-sixteen';
const [PAGER, NEXT_PAGER] = ['pager-secret-of-sixteen', 'pager-secret-that-is-next'];
const SAMPLE = JSON.parse(readFileSync('test/fixtures/alertmanager-v4.json', 'utf8'));

let server: ApiServer;
let people: ApiServer['engine']['people'];
let taken: unknown[] = [];
let refused: string[] = [];

beforeAll(async () => {
  server = await startApi({
    alerts: {
      secrets: { tokens: [TOKEN, NEXT_TOKEN], hmac: [HMAC], pagerduty: [PAGER, NEXT_PAGER] },
      generic: [
        {
          name: 'uptime',
          mapping: {
            alerts: '/checks',
            name: '/check',
            fingerprint: '/uid',
            service: '/target',
            status: 'alert.up ? "ok" : "down"',
            says: 'body.from + ": " + alert.reason',
          },
        },
      ],
      onTaken: (source, counts) => taken.push([source, counts]),
      onRefused: (source, code) => refused.push(`${source} ${code}`),
    },
    limits: { failedLogins: 10_000 },
  });
  people = server.engine.people;
  server.engine.incidents.set(3, anIncident());
});
afterAll(() => server.close());
afterEach(() => {
  taken = [];
  refused = [];
  server.engine.alerts.length = 0;
  server.engine.said.length = 0;
  server.engine.failure = undefined;
  server.engine.people = people;
});

async function send(source: string, given: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}/webhooks/${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof given === 'string' ? given : JSON.stringify(given),
  });
  const body: Answer['body'] = await answer.json();
  return { status: answer.status, type: answer.headers.get('content-type'), body };
}

const bearer = (token = TOKEN) => ({ authorization: `Bearer ${token}` });
const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`alerts:${password}`).toString('base64')}`,
});
const hex = (body: string, secret: string) => createHmac('sha256', secret).update(body).digest('hex');

describe('Alertmanager', () => {
  test('is taken as it really sends it, with unknown fields', async () => {
    const { status, body } = await send(
      'alertmanager',
      { ...SAMPLE, notification_reason: 'first notification' },
      bearer(),
    );
    expect([status, body]).toEqual([200, { received: 1, deduplicated: 0, unreadable: 0 }]);
    expect(server.engine.alerts).toMatchObject([
      {
        source: 'alertmanager',
        fingerprint: 'f3085c22869765b4',
        name: 'DiskFull',
        status: 'firing',
        says: 'Disk /data at 97%',
        groupedBy: { alertname: 'DiskFull', service: 'web' },
        startsAt: new Date('2026-11-22T05:37:28.632Z'),
      },
    ]);
    expect(server.engine.alerts[0]).not.toHaveProperty('endsAt');
    expect(taken).toEqual([['alertmanager', { firing: 1, resolved: 0, deduplicated: 0 }]]);
  });

  test.each<[string, Record<string, string>]>([
    ['the next token, while it is changed', bearer(NEXT_TOKEN)],
    ['basic authentication', basic(TOKEN)],
    ['a token of the API with the role responder', bearer('tok-bot')],
  ])('may come with %s', async (_, headers) => {
    expect((await send('alertmanager', SAMPLE, headers)).status).toBe(200);
  });

  test.each<[string, number, Record<string, string>]>([
    ['without a token', 401, {}],
    ['with a wrong one', 401, bearer('nobody-has-given-this-one')],
    ['with one that has expired', 401, bearer('tok-old')],
    ['with one that may only look', 403, bearer('tok-viewer')],
    ['with a wrong password', 401, basic('wrong')],
  ])('%s is refused, and nothing is taken', async (_, status, headers) => {
    const answer = await send('alertmanager', SAMPLE, headers);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect([server.engine.alerts, refused]).toEqual([[], [expect.stringMatching(/^alertmanager (unauth|forb)/)]]);
  });

  test.each<[string, unknown, number]>([
    ['is not JSON', '{"alerts": [', 400],
    ['is not UTF-8', '"\\ud800"', 400],
    ['has no list of alerts', { version: '4' }, 422],
    ['has only alerts that cannot be read', { alerts: [{ status: 'maybe', labels: {} }, 7] }, 422],
    ['is too large', { alerts: [], filler: 'x'.repeat(2 * 1024 * 1024) }, 413],
    ['is nested too deeply', `${'['.repeat(40)}${']'.repeat(40)}`, 400],
  ])('whose body %s is a problem, and counted', async (_, body, status) => {
    const answer = await send('alertmanager', body, bearer());
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect([server.engine.alerts.length, refused.length]).toEqual([0, 1]);
  });

  test('loses only the alerts of a group that cannot be read', async () => {
    const { body } = await send('alertmanager', { ...SAMPLE, alerts: [...SAMPLE.alerts, { status: 3 }] }, bearer());
    expect(body).toEqual({ received: 1, deduplicated: 0, unreadable: 1 });
    expect(refused).toEqual(['alertmanager unreadable_alert']);
  });

  test('while the store is away is asked to send it again', async () => {
    server.engine.failure = new UserError('unavailable', "Reviver's database does not answer.");
    expect((await send('alertmanager', SAMPLE, bearer())).status).toBe(503);
  });
});

describe('Grafana', () => {
  const body = JSON.stringify({ ...SAMPLE, orgId: 1, state: 'alerting', title: 't', message: 'm' });

  test('may sign, as it does since version 12, or send a token', async () => {
    expect((await send('grafana', body, { 'x-grafana-alerting-signature': hex(body, HMAC) })).status).toBe(200);
    expect((await send('grafana', body, bearer())).status).toBe(200);
    expect(server.engine.alerts).toMatchObject([{ source: 'grafana' }, { source: 'grafana' }]);
  });

  test('with a signature that is wrong has no second try by token', async () => {
    const headers = { ...bearer(), 'x-grafana-alerting-signature': hex(body, 'another secret') };
    expect((await send('grafana', body, headers)).status).toBe(401);
  });

  test('that only tests its contact point is answered, and nothing is done', async () => {
    const alert = { ...SAMPLE.alerts[0], labels: { alertname: 'TestAlert', instance: 'Grafana' } };
    const { status, body: said } = await send('grafana', { ...SAMPLE, alerts: [alert] }, bearer());
    expect([status, said]).toMatchObject([200, { received: 0, ignored: expect.stringContaining('test') }]);
    expect(server.engine.alerts).toEqual([]);
  });

  test('with a payload of one’s own is told where that goes', async () => {
    const { status, body: said } = await send('grafana', { ruleName: 'old', evalMatches: [] }, bearer());
    expect([status, said.detail]).toEqual([422, expect.stringContaining('/webhooks/generic')]);
  });
});

describe('PagerDuty', () => {
  const ANN = { id: 'PANN', type: 'user_reference', summary: 'Ann' };
  let n = 0;
  const event = (type: string, over: object = {}, data: object = {}) => {
    n += 1;
    return JSON.stringify({
      event: {
        id: `e${n}`,
        event_type: type,
        resource_type: 'incident',
        occurred_at: '2026-11-22T12:01:00Z',
        agent: ANN,
        client: null,
        ...over,
        data: {
          id: 'PINC1',
          type: 'incident',
          title: 'db is down',
          urgency: 'high',
          incident_key: 'k1',
          number: 7,
          created_at: '2026-11-22T12:00:00Z',
          service: { id: 'PS', summary: 'redis' },
          ...data,
        },
      },
    });
  };
  const signed = (body: string, ...secrets: string[]) => ({
    'x-pagerduty-signature': secrets.map((secret) => `v1=${hex(body, secret)}`).join(','),
  });
  const deliver = (body: string, more = {}) => send('pagerduty', body, { ...signed(body, PAGER), ...more });

  test('is known by one of several signatures, with one of several secrets', async () => {
    const body = event('incident.triggered');
    for (const headers of [signed(body, PAGER), signed(body, 'old secret', NEXT_PAGER)])
      expect((await send('pagerduty', body, headers)).status).toBe(200);
    expect(server.engine.alerts).toMatchObject([
      {
        source: 'pagerduty',
        fingerprint: 'PINC1',
        name: 'db is down',
        service: 'redis',
        severity: 'high',
        status: 'firing',
      },
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ['without a signature', {}],
    ['with another secret', signed('{}', 'another secret')],
    ['with a token instead', bearer()],
    ['with a signature that is none', { 'x-pagerduty-signature': 'v1=zz,v2=00' }],
  ])('%s is refused', async (_, headers) => {
    expect((await send('pagerduty', event('incident.triggered'), headers)).status).toBe(401);
  });

  test('whose body was changed on its way is refused', async () => {
    const body = event('incident.triggered');
    expect((await send('pagerduty', body.replace('db is down', 'db is fine'), signed(body, PAGER))).status).toBe(401);
  });

  test('acknowledged there is acknowledged here, by the person or by their id', async () => {
    server.engine.people = () => [{ name: 'Ann', roles: [], ids: { pagerduty: 'PANN' } }];
    expect((await deliver(event('incident.acknowledged'))).status).toBe(200);
    expect((await deliver(event('incident.acknowledged', { agent: { ...ANN, id: 'POTHER' } }))).status).toBe(200);
    expect(server.engine.said).toEqual([
      'acknowledge I-3 by Ann via pagerduty',
      'acknowledge I-3 by pagerduty:POTHER via pagerduty',
    ]);
  });

  test('about a page of ours is no news, but its acknowledgement counts', async () => {
    const ours = { incident_key: 'reviver:abc:E-5' };
    expect((await deliver(event('incident.triggered', {}, ours))).body).toMatchObject({ received: 0 });
    server.engine.people = () => [];
    await deliver(event('incident.acknowledged', {}, ours));
    expect([server.engine.alerts, server.engine.said]).toEqual([
      [],
      ['acknowledge page reviver:abc:E-5 by pagerduty:PANN via pagerduty'],
    ]);
  });

  test('acknowledged by no person, as by ourselves, says nothing', async () => {
    await deliver(event('incident.acknowledged', { agent: null }, { incident_key: 'reviver:abc:E-5' }));
    expect(server.engine.said).toEqual([]);
  });

  test('delivered again, up to two days later, is done once', async () => {
    const body = event('incident.acknowledged');
    for (let times = 0; times < 3; times += 1) await deliver(body, { 'x-webhook-id': 'delivery-1' });
    expect(server.engine.said).toHaveLength(1);
  });

  test('resolved there ends the alert', async () => {
    await deliver(event('incident.resolved'));
    expect(server.engine.alerts).toMatchObject([{ status: 'resolved', endsAt: new Date('2026-11-22T12:01:00Z') }]);
  });

  test.each(['pagey.ping', 'incident.annotated', 'service.updated'])('%s is fine, and of no interest', async (type) => {
    const { status, body } = await deliver(event(type));
    expect([status, body]).toMatchObject([200, { received: 0, ignored: expect.any(String) }]);
  });
});

describe('a program that nobody knows', () => {
  test('is read under the usual names', async () => {
    const body = {
      id: 7,
      title: 'backup failed',
      severity: 'high',
      service: 'redis',
      status: 'open',
      labels: { a: 1 },
      message: 'no room',
    };
    expect((await send('generic?name=uptime', { from: 'x', checks: [] }, bearer())).body).toMatchObject({
      received: 0,
    });
    const plain = await startApi({ alerts: { secrets: { tokens: [TOKEN], hmac: [], pagerduty: [] } } });
    try {
      await plain.call('POST', '/webhooks/generic', { token: TOKEN, body });
      expect(plain.engine.alerts).toEqual([
        {
          source: 'generic:generic',
          fingerprint: '7',
          name: 'backup failed',
          severity: 'high',
          service: 'redis',
          status: 'firing',
          labels: { a: '1' },
          says: 'no room',
        },
      ]);
    } finally {
      await plain.close();
    }
  });

  test('is read by its mapping: JSON pointers, and CEL', async () => {
    const body = {
      from: 'uptime',
      checks: [
        { check: 'web', uid: 'u1', target: 'web', up: false, reason: '502' },
        { check: 'db', uid: 'u2', up: true, reason: '' },
      ],
    };
    expect((await send('generic', body, bearer())).status).toBe(200);
    expect(server.engine.alerts).toMatchObject([
      {
        source: 'generic:uptime',
        fingerprint: 'u1',
        name: 'web',
        service: 'web',
        status: 'firing',
        says: 'uptime: 502',
      },
      { fingerprint: 'u2', status: 'resolved' },
    ]);
  });

  test('may sign, and is done once under an idempotency key', async () => {
    const body = JSON.stringify({ from: 'x', checks: [{ check: 'web', uid: 'u1', up: false, reason: '' }] });
    const headers = { 'x-hub-signature-256': `sha256=${hex(body, HMAC)}`, 'idempotency-key': 'k1' };
    expect((await send('generic', body, headers)).body).toMatchObject({ received: 1, deduplicated: 0 });
    expect((await send('generic', body, headers)).body).toMatchObject({ received: 1, deduplicated: 1 });
    expect(server.engine.alerts).toHaveLength(1);
  });

  test('without a name, or under an unknown one, is a problem', async () => {
    expect((await send('generic', { from: 'x', checks: [{ uid: 'u1' }] }, bearer())).status).toBe(422);
    expect((await send('generic', { from: 'x' }, bearer())).status).toBe(422);
    expect((await send('generic?name=other', { checks: [] }, bearer())).status).toBe(404);
  });
});

test('POST /alerts/acknowledge says that a person looks after an incident', async () => {
  const { status, body } = await server.call('POST', '/alerts/acknowledge/I-3', { token: 'tok-ann' });
  expect([status, body]).toMatchObject([
    200,
    { id: 'I-3', state: 'acknowledged', acknowledged_by: 'Ann', service: 'redis' },
  ]);
  expect((await server.call('POST', '/alerts/acknowledge/9')).status).toBe(404);
  expect((await server.call('POST', '/alerts/acknowledge/I-3', { token: 'tok-viewer' })).status).toBe(403);
  expect((await server.call('POST', '/alerts/acknowledge/x')).status).toBe(422);
});
