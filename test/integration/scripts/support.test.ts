import { describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { eventually, startOwnRedis, withDatabase, withRedis } from '../../support/index.js';

const database = withDatabase();
const redis = withRedis();

describe('a test file', () => {
  test('has a database of its own', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
      expect(rows[0]?.name).toMatch(/^reviver_test_[0-9a-f]{12}$/);
    } finally {
      await client.end();
    }
  });

  test("has a prefix of its own in the run's Redis", async () => {
    const client = new Redis(redis.url);
    try {
      await client.set(`${redis.prefix}:key`, 'value');
      expect(await client.get(`${redis.prefix}:key`)).toBe('value');
    } finally {
      client.disconnect();
    }
  });

  test('may kill and restart a Redis of its own', async () => {
    const own = await startOwnRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const client = new Redis(own.url, { retryStrategy: () => 20 });
    client.on('error', () => {});
    try {
      await client.set('key', 'value');
      await own.kill();
      expect(own.pid).toBeUndefined();
      await own.start();
      expect(await client.get('key')).toBe('value');
      await own.flush();
      expect(await client.get('key')).toBeNull();
    } finally {
      client.disconnect();
    }
  });

  test('waits for a condition and learns why it never came', async () => {
    let calls = 0;
    expect(await eventually(() => ++calls === 3 && 'third')).toBe('third');
    const never = eventually(() => Promise.reject(new Error('no answer')), { timeoutMs: 30, everyMs: 5 });
    await expect(never).rejects.toThrow('Not so within 30 ms; the last time: no answer');
  });
});
