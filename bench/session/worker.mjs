/**
 * Frame of a peer's worker process. `open` gets `{databaseUrl, redisUrl, prefix, tell, onRequest}` and resolves, when plans
 * can be taken, to how to close everything. `tell` sends `{ended: id, failure?}` or `{holds: id}` to the requester.
 */
export async function runWorker(open) {
  let handle = () => {};
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, BENCH_PREFIX: prefix } = process.env;
  const close = await open({ databaseUrl, redisUrl, prefix, tell, onRequest: (given) => (handle = given) });
  process.on('message', (message) => {
    if (message.request) void handle(message.request);
  });
  answerRequester(() => void close().then(() => process.disconnect()));
  tell({ ready: true });
}

/** What every worker process answers: what it cost so far, and when to stop. It ends when the requester is gone. */
export function answerRequester(stop) {
  process.on('message', (message) => {
    if (message.usage) tell({ usage: usage() });
    if (message.stop) stop();
  });
  process.on('disconnect', () => process.exit());
}

/** The end of a step that holds its worker: when the requester has seen enough. */
export function released() {
  return new Promise((resolve) => {
    process.on('message', ({ release }) => release && resolve());
  });
}

export function tell(message) {
  process.send?.(message);
}

function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, peakKb: process.resourceUsage().maxRSS };
}
