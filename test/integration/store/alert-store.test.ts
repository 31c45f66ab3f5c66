import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Alert } from '../../../src/engine/alerts/alert.js';
import { sortIn } from '../../../src/engine/alerts/sort-in.js';
import { createAlertStore } from '../../../src/store/alert-store.js';
import { createIncidentStore } from '../../../src/store/incident-store.js';
import { aDraft, withStore } from './open-store.js';

const opened = withStore();
const alerts = () => createAlertStore(opened.pool);
const incidents = () => createIncidentStore(opened.pool, opened.source);
const take = (...batch: Alert[]) => alerts().take(batch, sortIn);
const rows = async (text: string) => (await opened.pool.query(text)).rows;

const START = new Date(Date.now() - 60_000);
const alert = (fingerprint: string, over: Partial<Alert> = {}): Alert => ({
  source: 'alertmanager',
  fingerprint,
  group: 'g1',
  name: 'RedisDown',
  service: 'redis',
  about: null,
  ...{
    labels: { severity: 'critical' },
    says: 'no PONG',
    severity: 0.8,
    status: 'firing',
    startsAt: START,
    endsAt: null,
  },
  ...over,
});
const over = (fingerprint: string) => alert(fingerprint, { status: 'resolved', endsAt: new Date() });
const HEALTH = {
  service: 'redis',
  fingerprint: 'health:redis',
  title: 'redis is down',
  detail: 'refused',
  severity: 1,
};

beforeEach(async () => {
  await opened.pool.query('TRUNCATE alerts, incidents, silences, outbox, webhook_deliveries');
});

/** Of the newest incident. */
async function newest() {
  const [row] = await rows('SELECT id FROM incidents ORDER BY id DESC LIMIT 1');
  return incidents().get(Number(row.id));
}

describe('a group of alerts', () => {
  test('is one incident, posted once and answered once, also when a hundred come at once from two replicas', async () => {
    const replicas = [alerts(), alerts()];
    const batches = Array.from({ length: 100 }, (_, n) => [alert(`f${n % 50}`)]);
    const taken = await Promise.all(batches.map((batch, n) => replicas[n % 2]?.take(batch, sortIn)));
    expect(taken.flat().filter((one) => one === 'new')).toHaveLength(50);
    expect(await newest()).toMatchObject({ alerts: 50, firing: 50, service: 'redis', state: 'open' });
    expect(await rows('SELECT count(*)::int AS n, sum(count)::int AS told FROM alerts')).toEqual([
      { n: 50, told: 100 },
    ]);
    expect((await rows('SELECT kind FROM outbox ORDER BY kind')).map(({ kind }) => kind)).toEqual([
      'chat.incident',
      'incident.opened',
    ]);
  });

  test('is over when its last alert is, and what fires later is another incident', async () => {
    await take(alert('a'), alert('b'));
    await take(over('a'));
    const first = await newest();
    expect(first).toMatchObject({ state: 'open', alerts: 2, firing: 1 });
    await take(over('b'));
    expect(await newest()).toMatchObject({ state: 'resolved', firing: 0, resolvedAt: expect.anything() });
    await take(alert('a', { startsAt: new Date() }));
    const second = await newest();
    expect(second).toMatchObject({ state: 'open', alerts: 1 });
    expect(second?.id).not.toBe(first?.id);
  });

  test('of no known service is kept under what it says itself', async () => {
    await take(alert('a', { service: null, about: 'legacy' }));
    const incident = await newest();
    expect(incident).toMatchObject({ service: null, about: 'legacy', alert: { name: 'RedisDown', says: 'no PONG' } });
    await alerts().assign(incident?.id ?? 0, 'web', 'Ann');
    expect(await newest()).toMatchObject({ service: 'web' });
  });

  test('that belongs to a service under recovery shows that recovery from its first moment', async () => {
    const { recovery } = await opened.store.create(aDraft('cache'));
    await take(alert('c', { service: 'cache', group: 'gc' }));
    expect(await newest()).toMatchObject({ service: 'cache', recoveryId: recovery.id });
  });
});

describe('what Reviver finds itself, and an alert about the same service', () => {
  test.each(['the check first', 'the alert first'])('are one incident, over when both are: %s', async (order) => {
    const steps = [() => incidents().report(HEALTH), () => take(alert('a'))];
    for (const step of order === 'the check first' ? steps : steps.reverse()) await step();
    expect(await rows('SELECT count(*)::int AS n FROM incidents')).toEqual([{ n: 1 }]);
    expect(await newest()).toMatchObject({ alert: { name: 'RedisDown' }, found: 'refused', alerts: 1, severity: 1 });

    expect(await incidents().resolve({ fingerprint: 'health:redis' })).toBeUndefined();
    const half = await newest();
    expect(half).toMatchObject({ state: 'open' });
    expect(half).not.toHaveProperty('found');
    await take(over('a'));
    expect(await newest()).toMatchObject({ state: 'resolved' });
  });

  test('are over with the recovery that was for them, also those of another group', async () => {
    await take(alert('a'), alert('b', { group: 'g2' }));
    const { recovery } = await opened.store.create(aDraft('redis', { incidentId: (await newest())?.id ?? null }));
    const shown = await rows('SELECT recovery_id FROM incidents');
    expect(shown.map((row) => row.recovery_id)).toEqual([recovery.id, recovery.id]);
    await incidents().resolve({ id: (await newest())?.id ?? 0, recovery: recovery.id });
    expect(await rows(`SELECT state, firing FROM incidents`)).toEqual([
      { state: 'resolved', firing: 1 },
      { state: 'resolved', firing: 1 },
    ]);
    // It is told again before its sender has looked: no news.
    expect(await take(alert('a'))).toEqual(['again']);
    await take(over('a'));
    expect(await rows('SELECT sum(firing)::int AS n FROM incidents')).toEqual([{ n: 1 }]);
  });
});

describe('a silence', () => {
  test('holds for every group of the incident, ends by itself, and then what fires is shown', async () => {
    await incidents().report(HEALTH);
    await take(alert('a'));
    const { id = 0 } = (await newest()) ?? {};
    expect(await alerts().silence(id, 3_600_000, 'Ann')).toBe(true);
    expect(await newest()).toMatchObject({ silence: { by: 'Ann' } });
    expect((await rows('SELECT fingerprint FROM silences ORDER BY 1')).map((row) => row.fingerprint)).toEqual([
      'g1',
      'health:redis',
    ]);
    expect(await alerts().endSilences()).toBe(0);
    await opened.pool.query(`UPDATE silences SET until = now()`);
    await opened.pool.query('TRUNCATE outbox');
    expect(await alerts().endSilences()).toBe(2);
    expect(await newest()).not.toHaveProperty('silence');
    expect(await rows('SELECT kind FROM outbox')).toEqual([{ kind: 'chat.incident' }]);
  });

  test('of one incident does not hide another alert about the same service', async () => {
    await incidents().report(HEALTH);
    await alerts().silence((await newest())?.id ?? 0, 3_600_000, 'Ann');
    await take(alert('a'));
    expect(await newest()).toMatchObject({ alert: { name: 'RedisDown' }, fingerprint: 'g1' });
    expect(await newest()).not.toHaveProperty('silence');
  });

  test('that is taken back is over at once; of no incident it is none', async () => {
    await take(alert('a'));
    const { id = 0 } = (await newest()) ?? {};
    await alerts().silence(id, 3_600_000, 'Ann');
    expect(await alerts().unsilence(id, 'Lee')).toBe(true);
    expect(await newest()).not.toHaveProperty('silence');
    expect(await alerts().silence(999_999, 1, 'Ann')).toBe(false);
  });
});

test('what ended long ago is forgotten, and what fires is not', async () => {
  await take(alert('a'), alert('b'), over('b'));
  await alerts().keepDelivery('pagerduty', 'd1');
  expect(await alerts().delivered('pagerduty', 'd1')).toBe(true);
  await opened.pool.query(`UPDATE alerts SET last_seen_at = now() - interval '2 days'`);
  await alerts().forget(86_400_000, 86_400_000);
  expect((await rows('SELECT fingerprint FROM alerts')).map((row) => row.fingerprint)).toEqual(['a']);
  expect(await alerts().delivered('pagerduty', 'd1')).toBe(true);
});

test('to escalate asks for people, once for each time that it is said', async () => {
  await take(alert('a'));
  const { id = 0 } = (await newest()) ?? {};
  await alerts().escalated(id, 'Ann', 'asked for by Ann');
  const asked = await rows(`SELECT key, payload FROM outbox WHERE kind = 'escalation'`);
  expect(asked).toMatchObject([{ payload: { incident: id, service: 'redis', code: 'asked_by_person', by: 'Ann' } }]);
});
