import { z } from 'zod';
import { type Check, must, passed } from './check.js';

/** Names of the Auto-Recovery document that are there from the start; the others come with the first recovery. */
const METRICS = [
  'recovery_attempts_total',
  'recovery_duration_seconds',
  'service_health_status',
  'circuit_breaker_state',
  'active_connections',
  'error_rate',
];

const healthShape = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.object({ status: z.string(), detail: z.string() })),
});

export const INTEGRATION: readonly Check[] = [
  {
    says: 'its own parts are healthy',
    async run({ ask }) {
      const { body } = await ask('GET', '/health', { token: null });
      const { checks } = healthShape.parse(body);
      const ill = Object.entries(checks).flatMap(([name, { status, detail }]) =>
        status === 'ok' ? [] : [`${name}: ${detail}`],
      );
      must(ill.length === 0, ill.join('; '));
      return passed(Object.keys(checks).join(', '));
    },
  },
  {
    says: 'metrics have the names of the document',
    async run({ ask }) {
      const { status, text } = await ask('GET', '/metrics');
      must(status === 200, `answered ${status}`);
      const missing = METRICS.filter((name) => !text.includes(`# TYPE ${name} `));
      must(missing.length === 0, `missing: ${missing.join(', ')}`);
      return passed(`${METRICS.length} of them`);
    },
  },
  {
    says: 'events can be followed over a WebSocket',
    async run({ ask }) {
      const status = await ask.upgrade('/ws/events');
      must(status === 101, `answered ${status}`);
      return undefined;
    },
  },
  {
    says: 'the API describes itself',
    async run({ ask }) {
      const { status, body } = await ask('GET', '/openapi.json');
      must(status === 200 && z.object({ openapi: z.string() }).safeParse(body).success, `answered ${status}`);
      return undefined;
    },
  },
];
