import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthResult } from '../health/check.js';
import { formatDuration } from '../model/duration.js';
import { ActionError } from './action.js';

/**
 * Asks until the answer is healthy, at least once and for at most `forMs`; with `steadyMs` until every answer of so long a
 * time was. Pauses grow from `firstPauseMs` to `pauseMs`. Throws an `ActionError` with the last answer when the time is over.
 */
export async function pollHealth(
  what: string,
  ask: () => Promise<HealthResult>,
  times: { forMs: number; pauseMs: number; firstPauseMs?: number; steadyMs?: number },
  signal: AbortSignal,
): Promise<HealthResult & { waitedMs: number }> {
  const started = performance.now();
  const { forMs, pauseMs, steadyMs = 0 } = times;
  let wellSince: number | undefined;
  for (let pause = times.firstPauseMs ?? pauseMs; ; pause = Math.min(pause * 1.5, pauseMs)) {
    const answer = await ask();
    signal.throwIfAborted();
    const waitedMs = Math.round(performance.now() - started);
    wellSince = answer.healthy ? (wellSince ?? waitedMs) : undefined;
    if (wellSince !== undefined && waitedMs - wellSince >= steadyMs) return { ...answer, waitedMs };
    if (waitedMs + pause > forMs)
      throw new ActionError(
        `${what} is not ${answer.healthy ? 'steadily ' : ''}healthy after ${formatDuration(waitedMs)}: ${answer.detail}.`,
        { code: 'unhealthy', facts: { detail: answer.detail, waited_ms: waitedMs } },
      );
    await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
