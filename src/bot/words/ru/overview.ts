import type { ListWords, StatusWords } from '../topics/overview.js';
import { count, measures } from './measures.js';
import { facts } from './recovery.js';

const { about, exact } = measures;

const HEALTH = { healthy: 'исправен', unhealthy: 'неисправен', unknown: 'состояние неизвестно' };
const PART = { ok: 'в порядке', down: 'недоступен' };

export const status: StatusWords = {
  title({ running, forPeople, waiting, unknown, queued, redis, postgres, workers }) {
    const people = `ждут людей: ${forPeople}${waiting.length > 0 ? ` (${waiting.join('; ')})` : ''}`;
    const hands = count(workers, ['воркер', 'воркера', 'воркеров']);
    return `Выполняется: ${running}, ${people}, исход неизвестен: ${unknown}. Очередь: ${queued}. Redis ${PART[redis]}, Postgres ${PART[postgres]}, ${hands}.`;
  },
  waits: (recovery, ms) => `${recovery}, ${about(ms)}`,
  blind: (redis) =>
    `Postgres бота не отвечает, поэтому неизвестно, что выполняется, чего ждут и что исправно. Redis ${PART[redis]}.`,
  services: (names) => (names.length === 0 ? 'Сервисов нет.' : `Сервисы: ${names.join(', ')}.`),
  lookDirectly: 'Проверьте их напрямую; что с базой данных, скажет `reviver doctor` на узле.',
  redisDown: 'Redis бота недоступен: работа идёт, пробуждения медленнее.',
  noWorker: 'Нет ни одного живого воркера: ничего не выполнится, пока его не запустят (`reviver worker`).',
  health: {
    notChecked: 'ещё не проверялся',
    since: (state, ms) => `${HEALTH[state]} ${about(ms)}`,
    lastCheckFailed: (how) => `последняя проверка не прошла: ${how}`,
    until: (since) => `до этого ${since}`,
  },
  noRecovery: 'сейчас не восстанавливается',
};

const ENDED: Readonly<Record<string, string>> = { rejected: 'отклонено', approval_expired: 'срок истёк' };

export const lists: ListWords = {
  title: (services, runbooks) =>
    `${count(services, ['сервис', 'сервиса', 'сервисов'])}, ${count(runbooks, ['ранбук', 'ранбука', 'ранбуков'])}`,
  anyService: 'любой сервис',
  lastRecoveries: (service) => `Последние восстановления${service ? `: ${service}` : ''}`,
  noneEnded: (service) => `Ни одно восстановление${service ? ` ${service}` : ''} ещё не завершилось.`,
  endedAs: ({ state, code, unverified, activeMs }, waitedMs) =>
    [
      `${ENDED[code ?? ''] ?? facts.states[state]}${activeMs > 0 ? ` за ${exact(activeMs)}` : ''}`,
      unverified && state === 'SUCCEEDED' && 'без проверки',
      waitedMs !== undefined && `ожидание ${exact(waitedMs)}`,
    ]
      .filter(Boolean)
      .join(', '),
  ago: (ms) => `${about(ms)} назад`,
  lossOf: (part) => `потеря части Reviver: ${part}`,
  lostData: (ms) => `потеряно данных за ${exact(ms)}`,
  rated: (helped, didNot) =>
    [helped > 0 && `помогло: да ${helped}`, didNot > 0 && `${helped > 0 ? '' : 'помогло: '}нет ${didNot}`]
      .filter(Boolean)
      .join(', '),
  notes: (n) => count(n, ['заметка', 'заметки', 'заметок']),
  record: ({ plan, runs, succeeded, medianActiveMs }) =>
    `${plan}: успешно ${succeeded} из ${runs}${medianActiveMs === null ? '' : `, медиана ${exact(medianActiveMs)}`}`,
  lookedBack: (n) => `Посчитано по последним ${n}; отменённые не в счёт.`,
  dryRun: {
    title: (service, plan) => `ПРОБНЫЙ ПРОГОН · ${service} · ${plan} · ничего не тронуто`,
    need: (n) =>
      n === 0 ? 'План начался бы сразу.' : `Понадобилось бы ${count(n, ['одобрение', 'одобрения', 'одобрений'])}.`,
    others: (names) => `Другие планы: ${names.join(', ')}`,
  },
  form: {
    title: 'Что восстановить?',
    hint: 'План с низким риском начнётся сразу, остальные ждут одобрения. `/recover plan SERVICE` только покажет план.',
    planTitle: 'Для чего показать план?',
    planHint: 'План только показывается, ничего не трогается.',
    noService: 'В конфигурации пока нет ни одного сервиса.',
  },
};
