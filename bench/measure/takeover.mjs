import { inSession } from '../session/session.mjs';

/** From the SIGKILL of a worker inside a step until a standby is inside the same step. Milliseconds. */
export function measureTakeover(peer, place, { pretendOtherHost = false } = {}) {
  return inSession(
    peer,
    place,
    { workers: 2 },
    async ({ call }) => (await call('takeover', { pretendOtherHost })).takeoverMs,
  );
}
