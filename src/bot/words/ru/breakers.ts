import type { BreakerWords } from '../topics/breakers.js';
import { count, measures } from './measures.js';

const { about } = measures;

const STATES = { closed: 'замкнут', open: 'разомкнут', half_open: 'полуразомкнут' };
const OF = ['предохранителя', 'предохранителей', 'предохранителей'] as const;

export const breakers: BreakerWords = {
  title: (notClosed, all) =>
    notClosed === 0 ? `Предохранителей: ${all}, все замкнуты` : `Не замкнуто: ${notClosed} из ${count(all, OF)}`,
  none: 'Ни у одного сервиса нет предохранителя. Его даёт настройка `circuit_breaker_enabled: true`.',
  state: (service, state, ms) => `${service}: ${STATES[state]}${ms === undefined ? '' : ` ${about(ms)}`}`,
  calls: (n, failed) =>
    `за минуту учтено: ${count(n, ['вызов', 'вызова', 'вызовов'])}, из них неудачных ${Math.round(failed)} %`,
  by: (who) => `разомкнул: ${who}`,
  trialIn: (ms) => (ms < 1_000 ? 'пробный вызов сейчас' : `пробный вызов через ${about(ms)}`),
  trialRuns: 'идёт пробный вызов',
  untilReset: 'вызовы отклоняются, пока его не сбросят',
  hint: (service, state) =>
    state === 'closed'
      ? `\`/recover breaker ${service} open --for 10m\` отклоняет вызовы.`
      : `\`/recover breaker ${service} reset\` снова пропускает вызовы.`,
  refuses: { open: 'вызовы отклоняются (предохранитель)', half_open: 'идёт пробный вызов (предохранитель)' },
  unknownAct: (word) => `«${word}» с предохранителем сделать нельзя, можно \`open\` и \`reset\`. Ничего не изменилось.`,
  onlyOpen: (option) => `\`--${option}\` имеет смысл только с \`open\`. Ничего не изменилось.`,
};
