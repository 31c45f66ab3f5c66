import { mkdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { restoreSnapshot } from '../../../../src/engine/actions/restore-snapshot.js';
import { takeSnapshot } from '../../../../src/engine/actions/take-snapshot.js';
import { withRedis } from '../../../../src/engine/health/redis-session.js';
import { eventually, freePort } from '../../../support/index.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot, keptService } from './subject.js';

const signal = AbortSignal.timeout(120_000);

/** Begins to give its data at once; by default Redis 7 waits 5 s for more replicas. */
const AT_ONCE = ['--repl-diskless-sync-delay', '0'];

async function patient({ args = [], files = true, password }: { args?: string[]; files?: boolean; password?: string }) {
  const root = await freshRoot('redis-snapshot-');
  const data = join(root, 'data');
  await mkdir(data);
  const port = await freePort();
  const url = `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`;
  const pass = password === undefined ? [] : ['--requirepass', password];
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--save', ''];
  const service = serviceWith({
    process: { command: ['redis-server', ...own, ...pass, ...AT_ONCE, ...args], cwd: root, env: {} },
    health: [{ type: 'redis', url, intervalMs: 1_000, timeoutMs: 1_000, failures: 1 }],
    ...(files ? { dataDir: data } : {}),
  });
  const kept = keptService(service, root);
  const talk = <T>(work: (redis: Redis) => Promise<T>) => withRedis(url, signal, work);
  const answers = () => eventually(() => talk(async (redis) => (await redis.ping()) === 'PONG'));
  await kept.runtime.start(signal);
  await answers();
  return { ...kept, talk, answers, data };
}

const fill = (count: number, value: string) => async (redis: Redis) =>
  void (await redis.mset(Array.from({ length: count }, (_, n) => [`key${n}`, value]).flat()));

describe('the data of a running Redis', () => {
  test('are proven by a scratch Redis that loads them', async () => {
    const redis = await patient({ files: false });
    await redis.talk(fill(1_204, 'good'));
    await redis.take('R-8/0');
    expect(await redis.prove()).toMatchObject({
      outcome: 'restored',
      detail: expect.stringContaining('a scratch Redis has loaded its 1,204 keys'),
    });
  }, 60_000);

  test.each<[string, string[], boolean]>([
    ['in its files', [], true],
    ['with append-only files', ['--appendonly', 'yes'], true],
    ['whose folder only its command line names', [], false],
    ['whose folder only its command line names, with append-only files', ['--appendonly', 'yes'], false],
    ['that gives its data from its disk', ['--repl-diskless-sync', 'no'], true],
  ])(
    '%s is kept and comes back, and so does what was there before',
    async (_, args, files) => {
      const redis = await patient({ args, files });
      await redis.talk(fill(1_204, 'good'));
      const taken = await redis.take('R-1/0');
      expect(taken.summary).toMatch(/Redis, 1,204 keys, \d+\.\d kB as a dump/);
      await redis.talk(async (client) => {
        await client.flushall();
        await client.set('key0', 'spoilt');
      });
      const { before } = await redis.restore('R-1/1');
      await redis.answers();
      expect(await redis.talk(async (client) => [await client.dbsize(), await client.get('key7')])).toEqual([
        1_204,
        'good',
      ]);
      // It is its own again: what is written now is there after another start.
      await redis.talk((client) => client.set('after', 'restore'));
      await redis.talk((client) => client.save());
      await redis.runtime.stop(signal);
      await redis.runtime.start(signal);
      await redis.answers();
      expect(await redis.talk(async (client) => [await client.dbsize(), await client.get('after')])).toEqual([
        1_205,
        'restore',
      ]);

      const undo = restoreSnapshot.inverse?.({ service: 'redis' }, before);
      await redis.restore('R-1/2', undo?.input);
      await redis.answers();
      expect(await redis.talk(async (client) => [await client.dbsize(), await client.get('key0')])).toEqual([
        1,
        'spoilt',
      ]);
    },
    60_000,
  );

  test('is taken without a word to its disk: the last dump may be the last good one', async () => {
    const redis = await patient({});
    await redis.talk(fill(3, 'old'));
    await redis.talk((client) => client.save());
    const was = await stat(join(redis.data, 'dump.rdb'));
    await redis.talk((client) => client.flushall());
    await redis.talk((client) => client.config('SET', 'save', ''));
    await redis.take('R-1/0');
    const { mtimeMs, size } = await stat(join(redis.data, 'dump.rdb'));
    // FLUSHALL itself writes an empty dump where saving is configured; here it is not.
    expect({ mtimeMs, size }).toEqual({ mtimeMs: was.mtimeMs, size: was.size });
  }, 30_000);

  test('with a password is asked for with it, and the password is nowhere in what is kept', async () => {
    const redis = await patient({ password: 'sesame-7' });
    await redis.talk(fill(10, 'x'));
    await redis.take('R-1/0');
    const [one] = await redis.snapshots.list('redis');
    expect(one?.contents.join()).toContain('Redis, 10 keys');
    expect(JSON.stringify(one)).not.toContain('sesame-7');
  }, 30_000);

  test('that does not answer is kept by its files, and that is said', async () => {
    const redis = await patient({});
    await redis.talk(fill(10, 'x'));
    await redis.talk((client) => client.save());
    await redis.runtime.stop(signal);
    const taken = await redis.take('R-1/0');
    expect(taken.summary).toMatch(/not in it: the data of Redis \(connection refused\); 1 files and folders/);
    await redis.restore('R-1/1');
    await redis.answers();
    expect(await redis.talk((client) => client.dbsize())).toBe(10);
  }, 30_000);

  test('that does not answer and has no files that are known is not kept: an error that says so', async () => {
    const redis = await patient({ files: false });
    await redis.runtime.stop(signal);
    await expect(redis.take('R-1/0')).rejects.toThrow(
      'Nothing of redis could be kept: the data of Redis cannot be had (connection refused). No snapshot was taken, and redis was not touched.',
    );
    expect(await redis.snapshots.list('redis')).toEqual([]);
  }, 30_000);

  test('is measured before, without an effect', async () => {
    const redis = await patient({});
    await redis.talk(fill(1_204, 'x'));
    expect(await takeSnapshot.preview?.({ service: 'redis' }, redis.context('look'))).toMatch(
      /^would keep Redis, 1,204 keys, \d+\.\d MB in its memory; pid \d+ with \S+ B of files; needs at most \d+\.\d MB for a moment, \d+\.\d GB is free; 0 of redis are kept already$/,
    );
    expect(await redis.snapshots.list('redis')).toEqual([]);
  }, 30_000);

  test('a damaged snapshot is refused, and Redis runs on', async () => {
    const redis = await patient({});
    await redis.talk(fill(10, 'x'));
    const { snapshot } = await redis.take('R-1/0');
    const file = join(redis.root, 'snapshots', 'redis', `${snapshot}.tar.age`);
    const whole = await readFile(file);
    await truncate(file, whole.length - 1);
    const was = await redis.runtime.status();
    await expect(redis.restore('R-1/1', { snapshot })).rejects.toThrow(/is damaged.*Nothing was changed/);
    expect(await redis.runtime.status()).toEqual(was);
  }, 30_000);

  test('a cancel ends the taking, and nothing is left of it', async () => {
    const redis = await patient({ args: ['--repl-diskless-sync-delay', '5'] });
    const stop = new AbortController();
    const taking = redis.take('R-1/0', {}, { signal: stop.signal });
    await eventually(async () =>
      expect(await redis.talk((client) => client.info('replication'))).toMatch(/state=wait_bgsave/),
    );
    stop.abort(new Error('cancelled'));
    await expect(taking).rejects.toThrow('cancelled');
    expect(await redis.snapshots.list('redis')).toEqual([]);
    await eventually(async () =>
      expect(await redis.talk((client) => client.info('replication'))).toMatch(/connected_slaves:0/),
    );
  }, 30_000);
});
