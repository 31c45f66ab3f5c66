import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * One peer at work, from fresh processes on: its requester and, below that, its worker. Close it in any case.
 * `call(name, given)` is one of the calls of `requester.mjs`.
 */
export async function openSession(peer, place, given = {}) {
  const file = fileURLToPath(new URL('./requester.mjs', import.meta.url));
  const env = {
    ...process.env,
    DATABASE_URL: place.databaseUrl,
    REDIS_URL: place.redisUrl,
    BENCH_PREFIX: place.prefix,
    REVIVER_DATA: place.dataDir,
  };
  const child = fork(file, [peer], { env });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const call = async (name, more = {}) => {
    const answered = new Promise((resolve) => child.once('message', resolve));
    child.send({ call: name, with: more });
    const answer = await Promise.race([answered, exited.then(() => ({ error: 'its requester ended' })), silence()]);
    if (answer.error) throw new Error(`${peer}: ${answer.error}`);
    return answer.result;
  };
  const close = async () => {
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    try {
      if (child.connected) await call('close');
    } finally {
      if (child.connected) child.disconnect();
      await exited.finally(() => clearTimeout(late));
    }
  };
  try {
    return { ...(await call('open', given)), call, close };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

/** A measurement that hangs must not hang its run: the slowest call waits a minute for BullMQ's stalled check. */
async function silence() {
  await sleep(180_000, undefined, { ref: false });
  return { error: 'no answer for 3 minutes' };
}

/** Opens a session, uses it, closes it. */
export async function inSession(peer, place, given, use) {
  const session = await openSession(peer, place, given);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** Opens a session of each peer, uses them by name, closes them. */
export async function inSessions(peers, places, use) {
  const sessions = {};
  try {
    for (const peer of peers) sessions[peer] = await openSession(peer, places[peer]);
    return await use(sessions);
  } finally {
    await Promise.all(Object.values(sessions).map((session) => session.close()));
  }
}
