import { released, runWorker } from '../../session/worker.mjs';
import { commitStep, openQueue, openTable, startWorker } from '../bullmq.mjs';

const STEPS = 10;

await runWorker(async ({ databaseUrl, redisUrl, prefix, tell }) => {
  const pool = await openTable(databaseUrl);
  const queue = openQueue(redisUrl, prefix);
  const worker = await startWorker(redisUrl, prefix, async ({ data: { id, step, hold } }) => {
    if (hold) {
      tell({ holds: id });
      await released();
    }
    await commitStep(pool, id, step);
    if (step < STEPS) await queue.hop({ id, step: step + 1 });
    else tell({ ended: id });
  });
  return async () => {
    await worker.close();
    await queue.close();
    await pool.end();
  };
});
