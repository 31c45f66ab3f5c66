import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '../scripts/services/postgres.mjs';
import { createPrivateFolder } from '../scripts/services/private-folder.mjs';
import { startRedis } from '../scripts/services/redis.mjs';

/** Statement statistics cost little and are only read by --profile; a commit is made durable, as in production. */
const POSTGRES = ['-c', 'shared_preload_libraries=pg_stat_statements', '-c', 'shared_buffers=256MB'];

/**
 * The Postgres and the Redis of this run: private ones, or those that DATABASE_URL and REDIS_URL name. Each peer gets a
 * database and a prefix of its own. `pids`: of private servers, for what they cost.
 */
export async function startServices(peers) {
  const folder = await createPrivateFolder('reviver-bench');
  const open = [];
  const stop = async () => {
    for (const server of open.reverse()) await server.stop();
    await folder.remove();
  };
  try {
    const postgres = process.env.DATABASE_URL
      ? { url: process.env.DATABASE_URL }
      : await startPostgres({ dir: join(folder.path, 'postgres'), args: POSTGRES });
    if (postgres.stop) open.push(postgres);
    const redis = process.env.REDIS_URL
      ? { url: process.env.REDIS_URL }
      : await startRedis({ dir: join(folder.path, 'redis') });
    if (redis.stop) open.push(redis);
    const run = `bench_${process.pid}_${Date.now().toString(36)}`;
    const places = Object.fromEntries(
      peers.map((peer) => [
        peer,
        {
          databaseUrl: databaseOf(postgres.url, `${run}_${peer}`),
          redisUrl: redis.url,
          prefix: `${run}:${peer}`,
          dataDir: join(folder.path, peer),
        },
      ]),
    );
    for (const peer of peers) await onServer(postgres.url, (client) => client.query(`CREATE DATABASE ${run}_${peer}`));
    open.push({ stop: () => dropAll(postgres, run, peers) });
    return { places, url: postgres.url, pids: { postgres: postgres.pid, redis: redis.pid }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Transactions so far in the peer's database. All its sessions must be over: each tells its numbers when it ends. */
export async function transactions(place) {
  const name = new URL(place.databaseUrl).pathname.slice(1);
  return onServer(databaseOf(place.databaseUrl, 'postgres'), async (client) => {
    for (;;) {
      const { rows } = await client.query('SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = $1', [
        name,
      ]);
      if (rows[0].open === 0) break;
      await sleep(20);
    }
    const { rows } = await client.query(
      `SELECT xact_commit::int AS all, pg_snapshot_xmax(pg_current_snapshot())::text::bigint::int AS writing FROM pg_stat_database WHERE datname = $1`,
      [name],
    );
    return rows[0];
  });
}

/** A private server is removed as a whole. */
async function dropAll(postgres, run, peers) {
  if (postgres.stop) return;
  for (const peer of peers)
    await onServer(postgres.url, (client) => client.query(`DROP DATABASE IF EXISTS ${run}_${peer} WITH (FORCE)`));
}

function databaseOf(server, name) {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(url, use) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
