import { healthy, type Probe, unhealthy } from './probe.js';
import { withRedis } from './redis-session.js';
import { count, failureInWords } from './words.js';

/** PING, and the number of keys. A server that still loads its data answers LOADING and is not well yet. */
export const checkRedis: Probe = async (check, signal) => {
  try {
    const keys = await withRedis(check.url ?? '', signal, async (redis) => {
      await redis.ping();
      return redis.dbsize();
    });
    return healthy(`PING answers, ${count(keys, 'key')}`, { keys });
  } catch (error) {
    signal.throwIfAborted();
    return unhealthy(refusalInWords(failureInWords(error)));
  }
};

/** Redis begins a refusal with a code in capitals. */
const REFUSALS: Record<string, string> = {
  LOADING: 'LOADING: it still reads its data',
  MISCONF: 'MISCONF: it cannot save to disk and refuses writes',
  MASTERDOWN: 'MASTERDOWN: it is a replica without its master',
  NOAUTH: 'a password is needed, and the check has none',
  WRONGPASS: 'user or password is wrong',
};

function refusalInWords(message: string): string {
  const code = /^[A-Z]+(?= )/.exec(message)?.[0];
  return (code && REFUSALS[code]) ?? message;
}
