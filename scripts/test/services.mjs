import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateFolder } from '../services/private-folder.mjs';

/**
 * One private Postgres and one private Redis for a whole run, unless DATABASE_URL and REDIS_URL name others. Everything
 * of the run, temporary files of tests too, lies in one folder: whatever still mentions it afterwards was left behind.
 * @param {boolean} wanted
 */
export async function startServices(wanted) {
  const folder = await createPrivateFolder('reviver-test');
  const open = [];
  const stop = async () => {
    await Promise.allSettled(open.map((server) => server.stop()));
    await folder.remove();
  };
  try {
    const env = wanted ? await startMissing(folder.path, open) : {};
    const files = join(folder.path, 'tmp');
    await mkdir(files);
    env.TMPDIR = files;
    env.REVIVER_TEST_TEMPLATE = `reviver_template_${process.pid}_${Date.now()}`;
    if (wanted && process.env.DATABASE_URL) open.push(templateOnOtherServer(env.REVIVER_TEST_TEMPLATE));
    return { folder: folder.path, env, pids: open.flatMap(({ pid }) => pid ?? []), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Imported late: these need packages that the set-up has just installed. */
async function startMissing(folder, open) {
  const env = {};
  if (!process.env.DATABASE_URL) {
    const { startPostgres } = await import('../services/postgres.mjs');
    const server = await startPostgres({ dir: join(folder, 'postgres'), fsync: false });
    open.push(server);
    env.DATABASE_URL = server.url;
  }
  if (!process.env.REDIS_URL) {
    const { startRedis } = await import('../services/redis.mjs');
    const server = await startRedis({ dir: join(folder, 'redis') });
    open.push(server);
    env.REDIS_URL = server.url;
  }
  return env;
}

/** On a server that is not ours, nothing may stay: the template of the run is dropped at its end. */
function templateOnOtherServer(name) {
  const stop = async () => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).finally(() => client.end());
  };
  return { stop };
}
