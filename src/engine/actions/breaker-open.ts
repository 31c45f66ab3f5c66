import { z } from 'zod';
import type { Breaker } from '../breakers/breaker.js';
import type { BreakerView } from '../breakers/view.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import type { JsonObject } from '../model/json.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, serviceName, text } from './fields.js';

const input = z.strictObject({
  service: serviceName,
  for: duration(24 * HOUR_MS, '24h').optional(),
  reason: text('why callers are refused').optional(),
});

export const breakerOpen = defineAction({
  name: 'breaker_open',
  description: "Opens a service's circuit breaker, so that its callers are refused at once.",
  version: 1,
  input,
  shorthand: 'service',
  // Nothing is done to the service, but whoever calls it is refused.
  risk: 0.2,
  idempotent: true,
  timeoutMs: 30_000,
  services: ({ service }) => [service],
  title: ({ service, for: limit }) =>
    `Open the circuit breaker of ${service}${limit === undefined ? '' : ` for ${limit}`}`,
  look: async ({ service }, ctx) => breakerFacts((await ctx.breakers.look(service)).breaker, ctx.now()),

  async run({ service, for: limit, reason }, ctx) {
    const forMs = limit === undefined ? undefined : parseDuration(limit);
    const how = { by: ctx.runKey, reason: reason ?? 'by a step of a recovery', forMs };
    const view = await ctx.breakers.open(service, how);
    return { summary: openWords(view, ctx.now()), state: view.state };
  },

  /** It is marked with the step that opened it. Without that mark nobody can tell whether it was open meanwhile. */
  async probe({ service }, _before, ctx) {
    const { breaker, view } = await ctx.breakers.look(service);
    const ours = breaker.state !== 'closed' && breaker.by === ctx.runKey;
    if (ours) return { outcome: 'done', evidence: `it was opened by ${ctx.runKey}`, result: { summary: view.state } };
    return { outcome: 'not_done', evidence: `it is ${view.state}, and was not opened by ${ctx.runKey}` };
  },

  inverse: ({ service }, { state }) =>
    state === 'closed' ? { action: 'breaker_reset', input: { service } } : undefined,
  imagine: () => ({ state: 'closed' }),

  async preview({ service, for: limit }, ctx) {
    const { view } = await ctx.breakers.look(service);
    const until = limit === undefined ? 'until it is reset' : `for ${limit}`;
    return `callers of ${service} would be refused ${until}; now its breaker is ${view.state}, with ${calls(view)}`;
  },
});

/** The before-state: enough to put it back. */
export function breakerFacts(breaker: Breaker, now: Date): JsonObject {
  if (breaker.state !== 'open') return { state: breaker.state };
  const { trialAt, reason, by } = breaker;
  return { state: 'open', reason, by, left_ms: trialAt === null ? null : Math.max(0, trialAt - now.getTime()) };
}

function openWords({ trialAt }: BreakerView, now: Date): string {
  if (trialAt === null) return 'open until it is reset';
  return `open; one call is let through in ${formatDuration(Math.max(0, trialAt.getTime() - now.getTime()))}`;
}

function calls({ calls: made, errorRate }: BreakerView): string {
  const word = made === 1 ? 'call' : 'calls';
  return `${made} ${word} counted in the last minute${errorRate ? `, ${Math.round(errorRate)} % of them failed` : ''}`;
}
