import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type JobsOptions, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createRedisLink } from '../../../src/jobs/redis-link.js';
import { type Forgery, sharedRedis } from '../../../src/jobs/shared-redis.js';
import { createSignals } from '../../../src/jobs/signals.js';
import { createWakeQueue, listenForWakes } from '../../../src/jobs/wake-queue.js';
import { eventually, startOwnRedis } from '../../support/index.js';

/** What lies in Redis and is ours, however odd it looks, wakes a worker; what somebody else wrote is refused and told of. */
const KEY = randomBytes(32);
const R5 = { id: 5, epoch: 1, version: 2, pool: 'default' };
let redis: Awaited<ReturnType<typeof startOwnRedis>>;
let raw: Redis;
let installation: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  redis = await startOwnRedis();
  raw = new Redis(redis.url, { maxRetriesPerRequest: null });
}, 30_000);
afterAll(() => raw.disconnect());
beforeEach(() => {
  installation = randomBytes(4).toString('hex');
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A process of the installation. */
function node({ key = KEY, of = installation } = {}) {
  const log = () => {};
  const link = createRedisLink(log);
  const heard = { wakes: 0, cancelled: [] as string[], forged: [] as Forgery[] };
  const forged = (one: Forgery) => void heard.forged.push(one);
  const parts = sharedRedis({ installation: of, sealKey: key }, { url: redis.url, link, forged, log });
  const queue = createWakeQueue(parts, () => {});
  const signals = createSignals(parts);
  open.push(async () => link.leave(), queue.close, signals.close);
  return {
    ...parts,
    heard,
    signals,
    async wakes(recovery = R5, delayMs = 0) {
      await eventually(() => expect(link.state()).toBe('ok'));
      queue.wake(recovery, delayMs);
    },
    listen() {
      const listening = listenForWakes({ ...parts, pools: ['default', 'other'] }, () => void heard.wakes++);
      open.push(listening.close);
    },
  };
}

/** Whoever can write to this Redis. */
function stranger(prefix: string, name = 'wake-default') {
  const queue = new Queue(name, { connection: { url: redis.url }, prefix });
  open.push(() => queue.close());
  return {
    queue,
    add: (data: unknown, jobId: string, more: JobsOptions = {}) =>
      queue.add('wake', data, { jobId, removeOnComplete: true, ...more }),
    empty: () => eventually(async () => expect(await queue.getJobCountByTypes('waiting', 'active')).toBe(0)),
    /** As it stands in Redis, without BullMQ. */
    async write(job: string, fields: Record<string, string>) {
      const at = (what: string) => `${prefix}:${name}:${what}`;
      if (Object.keys(fields).length > 0) await raw.hset(at(job), fields);
      await raw.lpush(at('wait'), job);
      await raw.zadd(at('marker'), 0, '0');
    },
  };
}

describe('wakes, and nobody is told of forgeries:', () => {
  test('a job that waited while no worker was there, and one for later', async () => {
    const one = node();
    await one.wakes();
    await one.wakes({ ...R5, version: 3 }, 300);
    await eventually(async () =>
      expect(await stranger(one.prefix).queue.getJobCounts('waiting', 'delayed')).toEqual({ waiting: 1, delayed: 1 }),
    );
    one.listen();
    await eventually(() => expect(one.heard.wakes).toBe(2));
    expect(one.heard.forged).toEqual([]);
  });

  test('a job about a recovery that retention has removed, or that the restored database never had', async () => {
    const one = node();
    one.listen();
    await one.wakes({ id: 987_654, epoch: 40, version: 900, pool: 'default' });
    await eventually(() => expect(one.heard.wakes).toBe(1));
    expect(one.heard.forged).toEqual([]);
  });

  test('a job that is there twice: somebody copied it, or Redis was restored', async () => {
    const one = node();
    const { queue, add, empty } = stranger(one.prefix);
    await one.wakes();
    const [job] = await eventually(async () => {
      const found = await queue.getJobs('waiting');
      expect(found).toHaveLength(1);
      return found;
    });
    one.listen();
    await empty();
    await add(job?.data, job?.id ?? '');
    await eventually(() => expect(one.heard.wakes).toBe(2));
    expect(one.heard.forged).toEqual([]);
  });

  test('a job whose worker died in the middle of it', async () => {
    const one = node();
    await one.wakes();
    const dying = new Worker('wake-default', null, {
      connection: { url: redis.url, maxRetriesPerRequest: null },
      prefix: one.prefix,
      autorun: false,
    });
    const taken = await eventually(async () => {
      const job = await dying.getNextJob('token');
      expect(job).toBeDefined();
      return job;
    });
    await raw.del(`${one.prefix}:wake-default:${taken?.id}:lock`);
    await raw.sadd(`${one.prefix}:wake-default:stalled`, taken?.id ?? '');
    await dying.close(true);
    one.listen();
    await eventually(() => expect(one.heard.wakes).toBe(1));
    expect(one.heard.forged).toEqual([]);
  });

  test('a job whose body Redis has evicted', async () => {
    const one = node();
    one.listen();
    await stranger(one.prefix).write('R-5.e1.v2', {});
    await eventually(() => expect(one.heard.wakes).toBe(1));
    expect(one.heard.forged).toEqual([]);
  });

  test('jobs of another installation, or sealed with the key that the database had before, are never read', async () => {
    const one = node();
    const other = node({ of: 'other' });
    const before = node({ key: randomBytes(32) });
    one.listen();
    await other.wakes();
    await before.wakes();
    await one.wakes();
    await eventually(() => expect(one.heard.wakes).toBe(1));
    expect(one.heard.forged).toEqual([]);
    for (const { prefix } of [other, before])
      expect(await stranger(prefix).queue.getJobCountByTypes('waiting')).toBe(1);
  });
});

describe('is refused and told of:', () => {
  const PROOF = { proof: 'A'.repeat(43) };
  test.each<[string, unknown]>([
    ['no body', undefined],
    ['a body that is no object', 'R-5'],
    ['the id of a recovery alone', { recovery: 5 }],
    ['an invented proof', PROOF],
    ['a proof that is no text', { proof: 5 }],
    ['a plan', { recovery: 5, plan: { steps: [{ action: 'run_command', input: { command: ['touch', 'evil'] } }] } }],
  ])('a job with %s', async (_, data) => {
    const one = node();
    one.listen();
    await stranger(one.prefix).add(data, 'R-5.e1.v9');
    await eventually(() => expect(one.heard.forged).toEqual([{ where: 'wake-default', job: 'R-5.e1.v9' }]));
    expect(one.heard.wakes).toBe(0);
  });

  test('a proof that belongs to another job, to another pool, or came with more', async () => {
    const one = node();
    const { queue, add } = stranger(one.prefix);
    await one.wakes();
    const [job] = await eventually(async () => {
      const found = await queue.getJobs('waiting');
      expect(found).toHaveLength(1);
      return found;
    });
    one.listen();
    await eventually(() => expect(one.heard.wakes).toBe(1));
    await add(job?.data, 'R-6.e1.v2');
    await stranger(one.prefix, 'wake-other').add(job?.data, 'R-5.e1.v2');
    await add({ ...job?.data, approved: true }, 'R-5.e1.v2');
    await eventually(() => expect(one.heard.forged).toHaveLength(3));
    expect(one.heard.wakes).toBe(1);
  });

  test('a job that no program of ours could have written', async () => {
    const one = node();
    one.listen();
    await stranger(one.prefix).write('R-5.e1.v2', { name: 'wake', data: '{no', opts: '{}', timestamp: '1' });
    await eventually(() => expect(one.heard.forged).toContainEqual({ where: 'wake-default' }));
    await one.wakes({ ...R5, version: 3 });
    await eventually(() => expect(one.heard.wakes).toBe(1));
  });

  test('a cancel that nobody of ours has sent; one of ours is heard', async () => {
    const one = node();
    one.signals.onCancel((id, by) => void one.heard.cancelled.push(`R-${id} by ${by}`));
    const evil = JSON.stringify({ cancel: 5, by: 'Ann' });
    const channel = `${one.prefix}:signals`;
    await eventually(async () => expect(await raw.publish(channel, evil)).toBe(1));
    await raw.publish(channel, `${PROOF.proof} ${evil}`);
    await eventually(() => expect(one.heard.forged).toEqual([{ where: 'signals' }, { where: 'signals' }]));
    const ours = node();
    await eventually(() => {
      ours.signals.cancel(5, 'Lee');
      expect(one.heard.cancelled[0]).toBe('R-5 by Lee');
    });
    expect(one.heard.forged).toHaveLength(2);
  });
});
