import type { MonitorWords } from '../topics/monitor.js';
import { count, measures } from './measures.js';

const { about, exact, number } = measures;

export const monitor: MonitorWords = {
  maintenance: {
    title: (n) => `На обслуживании: ${count(n, ['сервис', 'сервиса', 'сервисов'])}`,
    none: 'Ни один сервис не на обслуживании. Начать: `/recover maintenance redis 2h "причина"`.',
    line: (service, leftMs, by, reason) =>
      `${service}: ещё ${about(leftMs)}, ${by === undefined ? 'по плану из конфигурации' : by}: ${reason}`,
    field: (leftMs) => `на обслуживании ещё ${about(leftMs)}`,
    began: (service, forMs) => `${service} на обслуживании: ${about(forMs)}.`,
    ended: (service) => `Обслуживание ${service} закончено: его проверки снова учитываются.`,
    notOne: (service) => `${service} не на обслуживании. Ничего не изменилось.`,
    silent:
      'Проверки идут; инцидентов не будет, никого не вызовут. Закончится само; сразу: `/recover maintenance SERVICE end`.',
    howLong: (service) =>
      `На сколько? Например, \`/recover maintenance ${service} 2h "новые диски"\`; \`end\` заканчивает. Ничего не изменилось.`,
  },
  because: (service) => `из-за ${service}`,
  flapping: 'то падает, то встаёт',
  availability: (percent, target) =>
    `Доступность за 30 дней: ${number(Math.floor(percent * 1_000) / 1_000)} %${target === undefined ? '' : `, цель ${number(target)} %`}`,
  budget: (leftMs) =>
    leftMs >= 0 ? `бюджет ошибок: осталось ${exact(leftMs)}` : `бюджет ошибок превышен на ${exact(-leftMs)}`,
  unknownTime: (ms) => `неизвестно ${about(ms)}`,
};
