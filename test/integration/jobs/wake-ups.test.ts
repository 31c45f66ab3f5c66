import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createRedisLink } from '../../../src/jobs/redis-link.js';
import { createSeal } from '../../../src/jobs/seal.js';
import { createSignals } from '../../../src/jobs/signals.js';
import { createWakeQueue, listenForWakes } from '../../../src/jobs/wake-queue.js';
import { eventually, startOwnRedis } from '../../support/index.js';
import { startCluster } from '../../support/redis-cluster.js';
import { startSentinels } from '../../support/redis-sentinel.js';

/** A Redis that can be hurt, as an operator has it. */
interface Patient {
  url: string;
  /** Takes the server away that wake-ups need. */
  hurt(prefix: string): Promise<void>;
  /** Until it is whole again; nothing where it mends itself. */
  mend(): Promise<void>;
}

const KINDS: [string, () => Promise<Patient>][] = [
  [
    'one server',
    async () => {
      const redis = await startOwnRedis();
      return { url: redis.url, hurt: () => redis.kill(), mend: () => redis.start() };
    },
  ],
  [
    'Sentinels',
    async () => {
      const sentinels = await startSentinels();
      return { url: sentinels.url, hurt: () => sentinels.failOver(), mend: async () => {} };
    },
  ],
  [
    'a cluster',
    async () => {
      const cluster = await startCluster();
      return { url: cluster.url, hurt: (prefix) => cluster.kill(prefix), mend: () => cluster.mend() };
    },
  ],
];

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const KEY = randomBytes(32);

/** Both ends of wake-ups and of signals, as an API node and a worker have them. */
function ends(url: string, prefix: string) {
  const said: string[] = [];
  const heard = { wakes: 0, lost: 0, forged: 0, changed: new Set<number>(), cancelled: new Set<number>() };
  const side = () => {
    const link = createRedisLink((_level, message) => void said.push(message));
    open.push(async () => link.leave());
    return { url, prefix, link, seal: createSeal(KEY), forged: () => void heard.forged++, log: () => {} };
  };
  const [api, worker] = [side(), side()];
  const queue = createWakeQueue(api, () => void heard.lost++);
  const signals = createSignals(api);
  const wakes = listenForWakes({ ...worker, pools: ['default', 'db-hosts'] }, () => void heard.wakes++);
  const listening = createSignals(worker);
  listening.onChanged((id) => void heard.changed.add(id));
  listening.onCancel((id) => void heard.cancelled.add(id));
  for (const part of [queue, signals, wakes, listening]) open.push(() => part.close());
  let version = 0;
  const wake = (pool: string, delayMs = 0) => {
    version += 1;
    queue.wake({ id: 1, epoch: 0, version, pool }, delayMs);
  };
  const wakesOne = async (pool: string) => {
    const before = heard.wakes;
    await eventually(
      () => {
        wake(pool);
        expect(heard.wakes).toBeGreaterThan(before);
      },
      { timeoutMs: 2_000, everyMs: 100 },
    );
  };
  return { api, worker, signals, heard, said, wake, wakesOne };
}

describe.each(KINDS)('wake-ups and signals over %s', (_kind, start) => {
  let patient: Patient;
  const prefix = `{reviver-${randomBytes(4).toString('hex')}}`;

  beforeAll(async () => {
    patient = await start();
  }, 60_000);

  test('arrive at once, in every pool, also later', async () => {
    const { api, worker, signals, heard, wake, wakesOne } = ends(patient.url, prefix);
    await eventually(() => expect([api.link.state(), worker.link.state()]).toEqual(['ok', 'ok']));
    await wakesOne('default');
    await wakesOne('db-hosts');
    const before = heard.wakes;
    wake('default', 300);
    await eventually(() => expect(heard.wakes).toBeGreaterThan(before));
    await eventually(() => {
      signals.changed(7);
      signals.cancel(8, 'Ann');
      expect([...heard.changed, ...heard.cancelled]).toEqual([7, 8]);
    });
    expect(heard.forged).toBe(0);
  }, 30_000);

  test('come back after its servers were lost; until then nobody waits for them', async () => {
    const { api, worker, signals, heard, said, wakesOne, wake } = ends(patient.url, prefix);
    await eventually(() => expect([api.link.state(), worker.link.state()]).toEqual(['ok', 'ok']));
    await wakesOne('default');
    const before = heard.wakes + heard.lost;
    await patient.hurt(prefix);
    await eventually(
      () => {
        wake('default');
        expect(said).toContain('cache:fallback');
      },
      { timeoutMs: 10_000, everyMs: 100 },
    );
    // Lost and told so, or delivered by the new master: none is left waiting.
    await eventually(() => expect(heard.wakes + heard.lost).toBeGreaterThan(before));
    await patient.mend();
    await eventually(() => wakesOne('default'), { timeoutMs: 15_000 });
    await eventually(() => expect([api.link.state(), worker.link.state()]).toEqual(['ok', 'ok']));
    await eventually(
      () => {
        signals.changed(9);
        expect(heard.changed).toContain(9);
      },
      { timeoutMs: 10_000 },
    );
    expect(said).toContain('init_cache_safe: Redis is back');
    expect(heard.forged).toBe(0);
  }, 60_000);
});
