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
    for (const server of open.reverse()) await server.stop();
    await folder.remove();
  };
  try {
    const env = wanted ? await startMissing(folder.path, open) : {};
    const files = join(folder.path, 'tmp');
    await mkdir(files);
    env.TMPDIR = files;
    env.REVIVER_TEST_RUN = folder.path;
    return { folder: folder.path, env, pids: open.map((server) => server.pid), stop };
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
