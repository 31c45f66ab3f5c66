import { randomUUID } from 'node:crypto';
import { openQueue } from '../bullmq.mjs';

export function openRequester({ redisUrl, prefix }) {
  const queue = openQueue(redisUrl, prefix);
  return {
    async request(ended) {
      const id = randomUUID();
      const end = ended(id);
      await queue.hop({ id, step: 1 });
      await end;
    },
    async hold(ended) {
      const id = randomUUID();
      await queue.hop({ id, step: 1, hold: true });
      return { id, end: ended(id) };
    },
    close: () => queue.close(),
  };
}
