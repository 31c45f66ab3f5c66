import { type Check, must, NO_VICTIM, passed, skipped, within } from './check.js';
import { statusShape } from './shapes.js';

const BREAKER_MS = 1_000;

export const CIRCUIT_BREAKERS: readonly Check[] = [
  {
    says: 'every circuit breaker tells its state',
    async run({ ask }) {
      const { circuit_breakers: breakers } = statusShape.parse((await ask('GET', '/status')).body);
      const states = Object.values(breakers)
        .filter(({ enabled }) => enabled)
        .map(({ state }) => state);
      if (states.length === 0) return skipped('no service has one: circuit_breaker_enabled');
      return passed(`${states.length} in use, ${states.filter((state) => state === 'open').length} open`);
    },
  },
  {
    says: 'a reset closes one within 1 s',
    async run({ ask, victim, breakers }) {
      if (victim === undefined) return NO_VICTIM;
      if (!breakers.includes(victim)) return skipped(`${victim} has none: circuit_breaker_enabled`);
      const { status, tookMs } = await ask('POST', `/circuit-breaker/${victim}/reset`);
      must(status === 200, `answered ${status}`);
      const { circuit_breakers: now } = statusShape.parse((await ask('GET', '/status')).body);
      must(now[victim]?.state === 'closed', `it is ${now[victim]?.state} after the reset`);
      return within(tookMs, BREAKER_MS);
    },
  },
  {
    says: 'an unknown one cannot be reset',
    async run({ ask }) {
      const { status } = await ask('POST', '/circuit-breaker/reviver-validate-no-such-service/reset');
      must(status === 404, `answered ${status}`);
      return undefined;
    },
  },
];
