import { keepInFlight, oneAtATime } from './load.mjs';
import { startWorkerProcess } from './worker-process.mjs';

/**
 * The requester's process: asks one peer for plans and measures them. Its parent calls it by name (see `CALLS`).
 *
 * A peer's `requester.mjs` exports `openRequester({databaseUrl, redisUrl, prefix, toWorker, onEnd})`, which gives
 * `request(ended)`: asks for a plan and resolves at its end, of which `ended(id)` is the promise. Its worker tells of the
 * end, or the requester itself calls `onEnd(id, failure?)`. `hold(ended)`: asks for a plan whose worker stays inside a
 * step until it is released; gives `{id, end}`.
 */
const [peer] = process.argv.slice(2);
const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, BENCH_PREFIX: prefix } = process.env;
const ends = new Map();
const workers = [];
const holders = [];
let onHold = () => {};
let requester;

const CALLS = {
  async open({ workers: count = 1, nodeArguments }) {
    for (let n = 0; n < count; n += 1) workers.push(await startWorkerProcess(peer, hear, nodeArguments));
    const { openRequester } = await import(`../peers/${peer}/requester.mjs`);
    const toWorker = (message) => workers[0].send(message);
    requester = await openRequester({ databaseUrl, redisUrl, prefix, toWorker, onEnd });
    return { readyMs: workers[0].readyMs, pids: workers.map(({ pid }) => pid) };
  },
  async alone({ warmUp = 0, plans }) {
    await oneAtATime(request, warmUp);
    return measured(() => oneAtATime(request, plans));
  },
  inFlight: (load) => measured(() => keepInFlight(request, load)),
  async takeover({ pretendOtherHost }) {
    if (pretendOtherHost) await requester.pretendOtherHost();
    const { id, end } = await requester.hold(ended);
    const victim = await holderOf(id);
    const began = performance.now();
    const taken = holderOf(id, victim);
    await victim.kill();
    const taker = await taken;
    const takeoverMs = performance.now() - began;
    taker.send({ release: true });
    await end;
    return { takeoverMs };
  },
  usage: () => usage(),
  async close() {
    await requester?.close();
    await Promise.all(workers.map((worker) => worker.stop().catch(() => {})));
  },
};

process.on('message', async ({ call, with: given }) => {
  try {
    process.send({ result: await CALLS[call](given ?? {}) });
  } catch (error) {
    process.send({ error: error.stack ?? String(error) });
  }
});
process.on('disconnect', () => process.exit());

function request() {
  return requester.request(ended);
}

function ended(id) {
  return settled(id).promise;
}

/** The worker that is inside the step which holds it, other than `not`. */
async function holderOf(id, not) {
  for (;;) {
    const found = holders.find((holder) => holder.id === id && holder.pid !== not?.pid);
    if (found) return workers.find(({ pid }) => pid === found.pid);
    await new Promise((resolve) => (onHold = resolve));
  }
}

function hear(message, pid) {
  if (message.ended) onEnd(message.ended, message.failure);
  if (message.holds) {
    holders.push({ id: message.holds, pid });
    onHold();
  }
}

function onEnd(id, failure) {
  if (failure) settled(id).reject(new Error(`a plan failed: ${failure}`));
  else settled(id).resolve();
}

/** The end of a plan; whoever comes first makes it, since a worker may be done before its requester is back on a CPU. */
function settled(id) {
  const known = ends.get(id);
  if (known) {
    ends.delete(id);
    return known;
  }
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  ends.set(id, made);
  return made;
}

/** Adds what the work cost: CPU of both processes, milliseconds, and the worker's peak so far. */
async function measured(work) {
  const before = await usage();
  const result = await work();
  const after = await usage();
  return {
    ...result,
    workerCpuMs: after.workerCpuMs - before.workerCpuMs,
    requesterCpuMs: after.requesterCpuMs - before.requesterCpuMs,
    peakKb: after.peakKb,
  };
}

async function usage() {
  const all = await Promise.all(workers.map((worker) => worker.usage()));
  const { user, system } = process.cpuUsage();
  return {
    workerCpuMs: all.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    peakKb: Math.max(...all.map(({ peakKb }) => peakKb)),
    requesterCpuMs: (user + system) / 1_000,
  };
}
