import type { NoteWords, ThreadWords } from '../topics/thread.js';
import { count, form, measures } from './measures.js';
import { roleName } from './roles.js';

const { about, exact, or } = measures;

export const thread: ThreadWords = {
  step: (number, name) => `Шаг ${number} «${name}»`,
  started: 'Начато',
  takenOver: (from) => `Другой воркер продолжает вместо ${from}`,
  rollingBack: (why) => `Идёт откат: ${why}`,
  retried: (by) => `Повтор запрошен: ${by}`,
  markedDone: (by) => `Отмечено выполненным: ${by}`,
  nextAttempt: (attempt, why, inMs) => `Попытка ${attempt} не удалась (${why}); следующая через ${about(inMs)}`,
  waitsForPerson: (why) => `Нужен человек: ${why}`,
  escalated: (why) => `Зовём ещё людей: ${why}`,
  noWorker: (pool) => `В пуле ${pool} нет живых воркеров. Запустите: \`reviver worker --pool ${pool}\``,
  stepStarted: (step, attempt) => `${step} начат${attempt > 1 ? `, попытка ${attempt}` : ''}`,
  stepDone: (step, ms) => `${step} выполнен за ${exact(ms)}`,
  stepRetry: (step, error, inMs) => `${step}, сбой: ${error}; повтор через ${about(inMs)}`,
  stepFailed: (step, error) => `${step}, сбой: ${error}`,
  stepUnknown: (step, evidence) => `${step}: исход неизвестен. Проверено: ${evidence}`,
  stepNotDone: (step, evidence) => `${step} не подействовал: ${evidence}`,
  stepSkipped: (step, why) => `${step} пропущен: ${why}`,
  stepStopped: (step, evidence) => `${step} остановлен: ${evidence}`,
  log: (text) => `Журнал: «${text}»`,
  looksAfter: (by) => `Этим занимается ${by}`,
  approved: (by, more) => `Одобрено: ${by}${more ? '; нужны ещё одобрения' : ''}`,
  rejected: (by) => `Отклонено: ${by}`,
  because: (reason) => `, причина: «${reason}»`,
};

export const notes: NoteWords = {
  needs({ recovery, service, approvals, what, by, agoMs, may, role }) {
    const need = `${form(approvals, ['нужно', 'нужны', 'нужно'])} ${count(approvals, ['одобрение', 'одобрения', 'одобрений'])}`;
    const who = may.length > 0 ? `Одобрить может: ${or(may)}.` : `Здесь некому: нужна роль ${roleName(role)}.`;
    return `${recovery}: ${need}, ${what} (${service}). Запрошено ${about(agoMs)} назад: ${by}. ${who}`;
  },
  stillWaiting: (needs, expiresInMs) => `Всё ещё ждёт. ${needs} Истекает через ${about(expiresInMs)}.`,
};
