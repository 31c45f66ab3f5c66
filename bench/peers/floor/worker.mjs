import { runWorker } from '../../session/worker.mjs';
import { commitStep, openTable, startWorker } from '../bullmq.mjs';

const COMMITS = 12;

await runWorker(async ({ databaseUrl, redisUrl, prefix, tell }) => {
  const pool = await openTable(databaseUrl);
  const worker = await startWorker(redisUrl, prefix, async ({ data: { id } }) => {
    for (let step = 2; step <= COMMITS; step += 1) await commitStep(pool, id, step);
    tell({ ended: id });
  });
  return async () => {
    await worker.close();
    await pool.end();
  };
});
