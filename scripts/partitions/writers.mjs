import pg from 'pg';

/** What the hot path sends: one event, in a transaction of its own. */
const INSERT = {
  name: 'event',
  text: `INSERT INTO events (recovery_id, kind, actor, data) VALUES ($1, 'step.succeeded', 'bench', '{"step": "s1"}') RETURNING id`,
};

/**
 * Writers that append to the event log, one after the other as fast as they can, until they are told to stop; then it
 * says how many they wrote, the longest of all writes in milliseconds, what failed, and which ids were given.
 * @param {string} url
 * @param {{ writers?: number, recoveryId?: number }} [options]
 */
export async function startWriters(url, { writers = 4, recoveryId = 0 } = {}) {
  const clients = Array.from({ length: writers }, () => new pg.Client({ connectionString: url }));
  for (const client of clients) await client.connect();
  let stopping = false;
  let longestMs = 0;
  const ids = [];
  const failures = [];
  const write = async (client) => {
    while (!stopping && failures.length < 100) {
      const began = performance.now();
      try {
        const { rows } = await client.query({ ...INSERT, values: [recoveryId] });
        ids.push(rows[0].id);
      } catch (error) {
        failures.push(String(error));
      }
      longestMs = Math.max(longestMs, performance.now() - began);
    }
  };
  const running = clients.map(write);
  return {
    written: () => ids.length,
    /** Forgets the longest write until now, and gives it. */
    lap() {
      const lap = longestMs;
      longestMs = 0;
      return lap;
    },
    async stop() {
      stopping = true;
      await Promise.all(running);
      for (const client of clients.splice(0)) await client.end();
      return { longestMs, ids, failures };
    },
  };
}
