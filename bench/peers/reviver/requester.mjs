import { randomUUID } from 'node:crypto';
import { fromDist } from './dist.mjs';
import { followEnds } from './ends.mjs';
import { draftOf } from './plan.mjs';

const { createDataSource, poolOf } = await fromDist('src/store/data-source.js');
const { createRecoveryStore } = await fromDist('src/store/recovery-store.js');
const { createRedisLink } = await fromDist('src/jobs/redis-link.js');
const { sharedRedis } = await fromDist('src/jobs/shared-redis.js');
const { createWakeQueue } = await fromDist('src/jobs/wake-queue.js');

const STEPS = 10;

/** Stores recoveries and wakes a worker, as the engine does once a plan is made; planning itself is not measured. */
export async function openRequester({ databaseUrl, redisUrl, onEnd }) {
  const source = createDataSource(databaseUrl, { connections: 8 });
  await source.initialize();
  const pool = poolOf(source);
  const store = createRecoveryStore(pool, { leaseMs: 8_000 });
  const queue = createWakeQueue(await redisOf(pool, redisUrl), () => {});
  const unfollow = await followEnds(databaseUrl, onEnd);
  let made = 0;
  const create = async (action, inputs) => {
    made += 1;
    const { recovery } = await store.create(draftOf(`service-${process.pid}-${made}`, action, inputs));
    return recovery;
  };
  return {
    async request(ended) {
      const inputs = Array.from({ length: STEPS }, (_, n) => ({ n }));
      const recovery = await create('bench_step', inputs);
      const end = ended(recovery.id);
      queue.wake(recovery);
      await end;
    },
    async hold(ended) {
      const id = randomUUID();
      const recovery = await create('bench_hold', [{ id }]);
      queue.wake(recovery);
      return { id, end: ended(recovery.id) };
    },
    /** The workers can no longer look for each other's processes: only the lease tells that one is gone. */
    pretendOtherHost: () => pool.query("UPDATE workers SET host = 'host of ' || id WHERE left_at IS NULL"),
    async close() {
      await queue.close();
      await unfollow();
      await source.destroy();
    },
  };
}

/** The part of Redis that this installation and its workers share. */
async function redisOf(pool, url) {
  const { rows } = await pool.query('SELECT id AS installation, seal_key AS "sealKey" FROM installation');
  return sharedRedis(rows[0], { url, link: createRedisLink(() => {}), forged: () => {}, log: () => {} });
}
