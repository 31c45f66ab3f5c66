import type { BreakerWords } from '../topics/breakers.js';
import { measures } from './measures.js';

const { about } = measures;

const STATES = { closed: 'closed', open: 'open', half_open: 'half-open' };

export const breakers: BreakerWords = {
  title: (notClosed, all) =>
    all === 1
      ? `The one circuit breaker is ${notClosed === 0 ? '' : 'not '}closed`
      : `${notClosed === 0 ? 'All' : `${notClosed} of`} ${all} circuit breakers are ${notClosed === 0 ? '' : 'not '}closed`,
  none: 'No service has a circuit breaker. `circuit_breaker_enabled: true` in the configuration gives it one.',
  state: (service, state, ms) => `${service}: ${STATES[state]}${ms === undefined ? '' : ` for ${about(ms)}`}`,
  calls: (n, failed) => `${n} ${n === 1 ? 'call' : 'calls'} counted in the last minute, ${Math.round(failed)} % failed`,
  by: (who) => `by ${who}`,
  trialIn: (ms) => (ms < 1_000 ? 'one call is let through at once' : `one call is let through in ${about(ms)}`),
  trialRuns: 'one call is on its way to see',
  untilReset: 'calls are refused until it is reset',
  hint: (service, state) =>
    state === 'closed'
      ? `\`/recover breaker ${service} open --for 10m\` refuses its calls.`
      : `\`/recover breaker ${service} reset\` lets its calls through again.`,
  refuses: { open: 'calls are refused (circuit breaker)', half_open: 'one call is let through (circuit breaker)' },
  unknownAct: (word) =>
    `"${word}" is nothing that can be done with a circuit breaker. Say open or reset; nothing changed.`,
  onlyOpen: (option) => `--${option} goes with open only. Nothing changed.`,
};
