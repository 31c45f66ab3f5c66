import { randomUUID } from 'node:crypto';
import { commitStep, openQueue, openTable } from '../bullmq.mjs';

export async function openRequester({ databaseUrl, redisUrl, prefix }) {
  const pool = await openTable(databaseUrl);
  const queue = openQueue(redisUrl, prefix);
  return {
    async request(ended) {
      const id = randomUUID();
      const end = ended(id);
      await commitStep(pool, id, 1);
      await queue.hop({ id });
      await end;
    },
    async close() {
      await queue.close();
      await pool.end();
    },
  };
}
