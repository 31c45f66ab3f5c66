/**
 * Frame of every peer's worker process. `open` gets `{databaseUrl, redisUrl, prefix, tell, onRequest}` and resolves, when
 * plans can be taken, to how to close everything. `tell` sends `{ended: id, failure?}` or `{holds: id}` to the requester.
 */
export async function runWorker(open) {
  let handle = () => {};
  const tell = (message) => process.send?.(message);
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, BENCH_PREFIX: prefix } = process.env;
  const close = await open({ databaseUrl, redisUrl, prefix, tell, onRequest: (given) => (handle = given) });
  process.on('message', (message) => {
    if (message.request) void handle(message.request);
    if (message.usage) tell({ usage: usage() });
    if (message.stop) void close().then(() => process.disconnect());
  });
  // Nobody left to work for.
  process.on('disconnect', () => process.exit());
  tell({ ready: true });
}

function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, peakKb: process.resourceUsage().maxRSS };
}
