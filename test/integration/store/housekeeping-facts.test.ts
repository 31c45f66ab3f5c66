import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createHousekeepingMetrics } from '../../../src/metrics/housekeeping-metrics.js';
import { housekeepingFacts } from '../../../src/store/housekeeping-facts.js';
import { createHousekeepingStore } from '../../../src/store/housekeeping-store.js';
import { careForPartitions } from '../../../src/store/partitions/care.js';
import { withStore } from './open-store.js';

const on = withStore();

async function scraped(): Promise<string[]> {
  const registry = new Registry();
  createHousekeepingMetrics(registry, () => housekeepingFacts(on.pool));
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('metrics of routine care', () => {
  test('say that nothing has happened yet', async () => {
    const lines = await scraped();
    expect(lines).toContain('partition_last_success_timestamp 0');
    expect(lines).toContain('partition_created_total 0');
    expect(lines.filter((line) => line.startsWith('backup_'))).toEqual([]);
  });

  test('say what every process has done, whoever is asked', async () => {
    await on.pool.query(
      'DROP TABLE events_' +
        new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1, 1))
          .toISOString()
          .slice(0, 7)
          .replace('-', '_'),
    );
    await careForPartitions(on.pool, { monthsAhead: 3, monthsKept: 12, log: () => {} }, new AbortController().signal);
    await on.pool.query(
      `INSERT INTO housekeeping (name, cron, time_zone, next_at, last_outcome, last_at, last_ms, last_success_at, result, failures) VALUES
         ('backup_postgres', '0 4 * * *', 'UTC', now(), 'succeeded', now(), 1500, to_timestamp(1700000000), '{"summary": "1 backup", "bytes": 4096}', 2),
         ('backup_redis', '15 4 * * *', 'UTC', now(), 'failed', now(), 20, NULL, NULL, 3),
         ('retention', '0 3 * * *', 'UTC', now(), 'failed', now(), 20, NULL, NULL, 1)`,
    );
    const lines = await scraped();
    expect(lines).toEqual(
      expect.arrayContaining([
        'partition_created_total 1',
        'partition_failing 0',
        'backup_last_success_timestamp{component="postgres"} 1700000000',
        'backup_last_size_bytes{component="postgres"} 4096',
        'backup_duration_seconds{component="postgres"} 1.5',
        'backup_errors_total{component="postgres"} 2',
        'backup_failing{component="postgres"} 0',
        'backup_errors_total{component="redis"} 3',
        'backup_failing{component="redis"} 1',
      ]),
    );
    expect(lines.filter((line) => line.includes('retention'))).toEqual([]);
    const last = Number(lines.find((line) => line.startsWith('partition_last_success_timestamp'))?.split(' ')[1]);
    expect(Math.abs(Date.now() / 1_000 - last)).toBeLessThan(60);
  });

  test('say nothing of what was turned off, until it is wanted again', async () => {
    const store = createHousekeepingStore(on.pool);
    const redis = { name: 'backup_redis', cron: '15 4 * * *', timeZone: 'UTC', nextAt: new Date() };
    await store.leaveOut(['backup_postgres']);
    expect((await scraped()).filter((line) => line.includes('redis'))).toEqual([]);
    expect((await store.list()).map(({ name }) => name)).toEqual(['backup_postgres']);
    await store.plan([redis]);
    expect(await scraped()).toContain('backup_errors_total{component="redis"} 3');
  });

  test('keep what they said while the database is away', async () => {
    const registry = new Registry();
    createHousekeepingMetrics(registry, () => Promise.reject(new Error('away')));
    expect(await registry.metrics()).toContain('partition_created_total 0');
  });
});
