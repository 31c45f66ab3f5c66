import { randomUUID } from 'node:crypto';

export function openRequester({ toWorker }) {
  return {
    async request(ended) {
      const id = randomUUID();
      const end = ended(id);
      toWorker({ request: id });
      await end;
    },
    close() {},
  };
}
