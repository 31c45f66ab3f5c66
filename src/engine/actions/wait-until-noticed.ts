import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { formatDuration, parseDuration } from '../model/duration.js';
import { ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, serviceName } from './fields.js';

const DEFAULT_WITHIN = '2m';
const LOOK_EVERY_MS = 200;

export const waitUntilNoticed = defineAction({
  name: 'wait_until_noticed',
  description: "Waits until Reviver's own monitor says that a service is down: a drill measures how long that takes.",
  version: 1,
  input: z.strictObject({ service: serviceName, within: duration(HOUR_MS, '1h').optional() }),
  shorthand: 'service',
  risk: 0,
  idempotent: true,
  timeoutMs: HOUR_MS,
  services: ({ service }) => [service],
  title: ({ service }) => `Wait until ${service} is seen to be down`,

  async run({ service, within = DEFAULT_WITHIN }, { monitored, signal }) {
    const beganAt = performance.now();
    const forMs = parseDuration(within);
    for (;;) {
      const seen = await monitored(service);
      signal.throwIfAborted();
      const waitedMs = Math.round(performance.now() - beganAt);
      if (seen?.status === 'unhealthy')
        return { summary: `noticed: ${seen.detail}`, since: seen.since.toISOString(), waited_ms: waitedMs };
      if (waitedMs > forMs)
        throw new ActionError(
          `${service} is down and nobody has noticed within ${formatDuration(forMs)}: the monitor says ${seen?.detail ?? 'nothing'}. Is a scheduler running, and does the check look at the right place?`,
          { code: 'not_noticed', retryable: false, facts: { waited_ms: waitedMs } },
        );
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'waiting changes nothing and can be repeated' }),
  preview: async ({ service, within = DEFAULT_WITHIN }) =>
    `would wait up to ${within} until the monitor sees that ${service} is down`,
});
