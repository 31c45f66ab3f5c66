/** Starts both servers in the folder given, says who they are, and stays: for tests that kill it. */
import { join } from 'node:path';
import { startPostgres } from '../../../scripts/services/postgres.mjs';
import { startRedis } from '../../../scripts/services/redis.mjs';

const [folder] = process.argv.slice(2);
const redis = await startRedis({ dir: join(folder, 'redis') });
const postgres = await startPostgres({ dir: join(folder, 'postgres'), fsync: false });
console.log(JSON.stringify({ pids: [redis.pid, postgres.pid] }));
setInterval(() => {}, 1_000);
