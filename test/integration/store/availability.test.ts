import { beforeEach, describe, expect, test } from '@jest/globals';
import { WINDOW_MS } from '../../../src/engine/health/availability.js';
import { createAvailabilityStore } from '../../../src/store/availability-store.js';
import { readBacklog } from '../../../src/store/backlog.js';
import { createMaintenanceStore } from '../../../src/store/maintenance-store.js';
import { withStore } from './open-store.js';

const MIN = 60_000;
const HOUR = 60 * MIN;
const on = withStore();
const store = () => createAvailabilityStore(on.pool);

beforeEach(async () => {
  await on.pool.query('TRUNCATE health_log, health_watch, maintenance');
});

/** `since` and `until` in milliseconds ago. */
const watched = (since: number, until: number) =>
  on.pool.query(
    `INSERT INTO health_watch (since, until)
     VALUES (now() - $1::float8 * interval '1 ms', now() - $2::float8 * interval '1 ms')`,
    [since, until],
  );
const was = (status: string, since: number, service = 'redis') =>
  on.pool.query(`INSERT INTO health_log (service, status, at) VALUES ($1, $2, now() - $3::float8 * interval '1 ms')`, [
    service,
    status,
    since,
  ]);

describe('what a service counted as', () => {
  test('is counted for as long as somebody watched: what a restart did not see is unknown', async () => {
    await watched(10 * HOUR, 6 * HOUR);
    await watched(5 * HOUR, 0);
    await was('healthy', 10 * HOUR);
    await was('unhealthy', 7 * HOUR);
    await was('maintenance', 4 * HOUR);
    await was('healthy', HOUR);
    const spent = (await store().spent(WINDOW_MS)).get('redis');
    expect(spent?.healthyMs).toBeCloseTo(4 * HOUR, -4);
    expect(spent?.unhealthyMs).toBeCloseTo(2 * HOUR, -4);
    expect(spent?.maintenanceMs).toBeCloseTo(3 * HOUR, -4);
  });

  test('is cut at the window, and what no window reaches is removed', async () => {
    await watched(40 * 24 * HOUR, 0);
    await was('unhealthy', 40 * 24 * HOUR);
    await was('healthy', 35 * 24 * HOUR);
    await was('unhealthy', 24 * HOUR);
    await store().forgetBefore(WINDOW_MS);
    const { rows } = await on.pool.query('SELECT status FROM health_log ORDER BY id');
    expect(rows.map(({ status }) => status)).toEqual(['healthy', 'unhealthy']);
    const spent = (await store().spent(WINDOW_MS)).get('redis');
    expect(spent?.unhealthyMs).toBeCloseTo(24 * HOUR, -4);
    expect(spent?.healthyMs).toBeCloseTo(29 * 24 * HOUR, -4);
  });

  test('said again adds no row', async () => {
    for (const as of ['healthy', 'healthy', 'unhealthy', 'unhealthy', 'healthy'] as const)
      await store().count('web', as);
    const { rows } = await on.pool.query('SELECT status FROM health_log ORDER BY id');
    expect(rows.map(({ status }) => status)).toEqual(['healthy', 'unhealthy', 'healthy']);
  });

  test('of a thousand services with a hundred turns each is read quickly', async () => {
    await watched(WINDOW_MS, 0);
    await on.pool.query(`INSERT INTO health_log (service, status, at)
      SELECT 's' || s, CASE t % 2 WHEN 0 THEN 'healthy' ELSE 'unhealthy' END, now() - (100 - t) * interval '7 hours'
      FROM generate_series(1, 1000) s, generate_series(0, 99) t`);
    await on.pool.query('ANALYZE health_log');
    const started = performance.now();
    const found = await store().spent(WINDOW_MS);
    const tookMs = Math.round(performance.now() - started);
    console.log(`availability of 1,000 services from 100,000 turns: ${tookMs} ms`);
    expect(found.size).toBe(1_000);
    expect(tookMs).toBeLessThan(3_000);
  });
});

describe('a span of watching', () => {
  test('goes on, also in another process that takes over soon; after a gap a new one begins', async () => {
    const first = await store().watching();
    expect(await store().watching(first)).toBe(first);
    expect(await store().watching()).toBe(first);
    await on.pool.query(`UPDATE health_watch SET until = until - interval '1 minute'`);
    const next = await store().watching(first);
    expect(next).not.toBe(first);
    expect((await readBacklog(on.pool)).monitorSilentS).toBeLessThan(5);
  });
});

describe('a maintenance', () => {
  const maintenance = () => createMaintenanceStore(on.pool);

  test('takes the place of the one before, ends once, and is in the event log', async () => {
    await maintenance().begin({ service: 'redis', reason: 'disks', by: 'Ann' }, HOUR);
    await maintenance().begin({ service: 'redis', reason: 'more disks', by: 'Lee' }, 2 * HOUR);
    expect(await maintenance().active()).toMatchObject([{ service: 'redis', reason: 'more disks', by: 'Lee' }]);
    expect(await maintenance().end('redis', 'Ann')).toMatchObject({ reason: 'more disks' });
    expect(await maintenance().end('redis', 'Ann')).toBeUndefined();
    const { rows } = await on.pool.query(`SELECT kind, actor FROM events WHERE kind LIKE 'maintenance.%' ORDER BY id`);
    expect(rows.map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
      'maintenance.began Ann',
      'maintenance.began Lee',
      'maintenance.ended Ann',
    ]);
  });

  test('ends by itself', async () => {
    await maintenance().begin({ service: 'redis', reason: 'disks', by: 'Ann' }, HOUR);
    await on.pool.query(`UPDATE maintenance SET until = now() - interval '1 s'`);
    expect(await maintenance().active()).toEqual([]);
  });
});
