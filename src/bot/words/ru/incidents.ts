import type { IncidentWords, PolicyWords } from '../topics/incidents.js';
import { count, measures } from './measures.js';
import { facts } from './recovery.js';

const { about, exact, number, or } = measures;

export const incident: IncidentWords = {
  firing: (ageMs) => (ageMs === undefined ? 'горит' : `горит ${about(ageMs)}`),
  acknowledged: (by) => (by === undefined ? 'принято в работу' : `в работе: ${by}`),
  severity(value) {
    if (value >= 0.9) return 'критично';
    if (value >= 0.7) return 'высокая важность';
    return value >= 0.4 ? 'средняя важность' : 'низкая важность';
  },
  alerts: (n) => count(n, ['алерт', 'алерта', 'алертов']),
  alertsFiring: (firing, all) => `горит ${firing} из ${count(all, ['алерта', 'алертов', 'алертов'])}`,
  says: (text) => `Текст алерта: «${text}»`,
  recovering: (recovery) => `восстанавливается, ${recovery}`,
  recovered: (ms, recovery) => `восстановлен за ${exact(ms)}, ${recovery}`,
  resolvedByItself: (ms) => `прошло само${ms === undefined ? '' : ` через ${about(ms)}`}`,
  stillFiring: (n) => `Ещё горит: ${count(n, ['алерт', 'алерта', 'алертов'])}. Отправитель пока не проверял снова.`,
  didNotHelp: (recovery, state, why) => `${recovery} не помогло: ${facts.states[state]}${why ? `, ${why}` : ''}`,
  remedy: (plan, steps, risk) => `Решение: ${plan} — ${steps.join(', ')}. Риск ${number(risk)}.`,
  why: (evidence) => `Почему: ${evidence}`,
  looksAfter: (what, by) => `${what}: ${by === undefined ? 'принято в работу' : `этим занимается ${by}`}.`,
  resolvedAlready: (what) => `${what}: уже решено. Ничего не изменилось.`,
  unmapped: 'Такого сервиса в конфигурации нет. Choose plan спросит, о каком речь.',
  silenced: (ms, by) =>
    `Заглушено ещё на ${about(ms)}, ${by}: новых сообщений и эскалаций по этой группе не будет. Всё записывается.`,
  wouldHaveRun: (plan, why) => `auto_recover запустил бы ${plan}, но пока только сообщает: ${why}.`,
  notByItself: (why) => `Само ничего не начнётся: ${why}.`,
  escalated: (what) => `${what}: позовут ещё людей.`,
  isSilenced: (what, ms) => `${what}: заглушено на ${about(ms)}. Закончится само или командой \`/recover unsilence\`.`,
  isHeard: (what) => `${what}: снова слышно.`,
  forHowLong: (what) => `${what}: на сколько заглушить?`,
  plans: (what) => `${what}: что сделать?`,
  noPlan: (what) => `${what}: плана для этого нет.`,
  which: (what) => `${what}: о каком сервисе речь?`,
  belongsTo: (what, service) => `${what}: теперь это о ${service}.`,
  noneOpen: (word, names) =>
    `Нет открытого инцидента «${word}».${names.length > 0 ? ` Открыты: ${names.join(', ')}.` : ' Открытых нет.'}`,
  several: (word, names) => `«${word}» может значить ${or(names)}: назовите один.`,
  notADuration: (text) => `«${text}» не подходит: нужен срок от 1m до 7d, например 1h или 4h.`,
};

export const policy: PolicyWords = {
  title: 'Что начинается без нажатия',
  none: 'Без нажатия ничего не начинается: ни у одного сервиса нет auto_recover.',
  line: ({ service, when, stage, verified, promoteAfter, lately, limit, why }) =>
    `${service}: при ${when} · ${stage === 'live' ? 'начинает само' : `только сообщает, проверенных запусков ${verified} из ${promoteAfter}`} (${why}) · за час ${lately} из ${limit}`,
  hint: 'После первой неудачи восстановления, начатого без нажатия, сервис снова только сообщает.',
};
