import { z } from 'zod';
import type { HealthResult } from '../health/check.js';
import { checkService } from '../health/check-service.js';
import { normaliseHealthUrl } from '../health/normalise-url.js';
import { runHealthCheck } from '../health/run-health-check.js';
import { parseDuration } from '../model/duration.js';
import { credential } from '../secrets/credential.js';
import { shownUrl } from '../secrets/shown-url.js';
import type { ActionContext } from './action.js';
import { ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, serviceName } from './fields.js';
import { pollHealth } from './poll-health.js';

const URLS = 'a URL such as http://host:8080/health, redis://host:6379 or postgres://host:5432/db';
const TCP = 'host:port, such as 127.0.0.1:6379';
const ONE = 'exactly one of service, url and tcp';
const [DEFAULT_FOR, DEFAULT_EVERY] = ['60s', '1s'];

const input = z
  .strictObject({
    service: serviceName.optional(),
    url: credential(z.string({ error: URLS }).refine(isCheckable, { error: URLS })).optional(),
    tcp: z
      .string({ error: TCP })
      .regex(/^(tcp:\/\/)?[^\s/]+:\d{1,5}$/, { error: TCP })
      .optional(),
    for: duration(HOUR_MS, '1h').optional(),
    every: duration(HOUR_MS, '1h').optional(),
  })
  .refine(({ service, url, tcp }) => [service, url, tcp].filter((given) => given !== undefined).length === 1, {
    error: ONE,
  });

type Target = z.output<typeof input>;

export const waitFor = defineAction({
  name: 'wait_for',
  description: 'Waits, for a bounded time, until a service, a URL or a port answers.',
  version: 1,
  input,
  shorthand: 'service',
  risk: 0,
  idempotent: true,
  timeoutMs: HOUR_MS,
  services: ({ service }) => (service ? [service] : []),
  title: (target) => `Wait for ${nameOf(target)}`,

  async run(target, ctx) {
    const times = {
      forMs: parseDuration(target.for ?? DEFAULT_FOR),
      pauseMs: parseDuration(target.every ?? DEFAULT_EVERY),
    };
    const { detail, waitedMs } = await pollHealth(nameOf(target), () => ask(target, ctx), times, ctx.signal);
    return { summary: detail, waited_ms: waitedMs };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'waiting changes nothing and can be repeated' }),
  preview: async (target) => `would wait up to ${target.for ?? DEFAULT_FOR} for ${nameOf(target)}`,
});

async function ask(target: Target, ctx: ActionContext): Promise<HealthResult> {
  if (target.service === undefined) return runHealthCheck(checkOf(target), ctx.signal);
  const answer = await checkService(ctx.service(target.service), ctx.signal, {
    run: (command, signal) => ctx.exec(command, { signal }),
    look: (name, signal) => ctx.runtime(name).status(signal),
  });
  if (answer) return answer;
  throw new ActionError(`${target.service} has no health check to wait for; give url or tcp instead.`, {
    code: 'no_health_check',
    retryable: false,
  });
}

function checkOf({ url, tcp = '' }: Target) {
  const { type, url: asked } = normaliseHealthUrl(
    url ?? (tcp.startsWith('tcp://') ? tcp : `tcp://${tcp}`),
    url ? 'url' : 'tcp',
  );
  return { type, url: asked, intervalMs: 1_000, timeoutMs: 5_000, failures: 1 };
}

function isCheckable(url: string): boolean {
  try {
    return normaliseHealthUrl(url) !== undefined;
  } catch {
    return false;
  }
}

/** A URL without what may be secret in it. */
function nameOf({ service, url, tcp }: Target): string {
  if (url === undefined) return service ?? tcp?.replace('tcp://', '') ?? '';
  return shownUrl(url, ({ protocol, host, pathname }) => `${protocol}//${host}${pathname}`);
}
