import type { EndedWords, RunningWords, WaitingWords } from '../topics/recovery.js';
import { count, measures, steps } from './measures.js';
import { roleName } from './roles.js';

const { about, and, exact, or } = measures;

export const waiting: WaitingWords = {
  approval: (step, vote, need) => `ждёт одобрения${step === undefined ? '' : ` шага ${step}`} (${vote} из ${need})`,
  attempt: (n, inMs) => `попытка ${n} через ${about(inMs)}`,
  queued: (place) => `в очереди, место ${place}`,
  aboutToStart: 'вот-вот начнётся',
  decided: 'решение принято, сейчас продолжится',
  noWorker: {
    title: (pool) => `в пуле ${pool} нет живых воркеров`,
    remedy: (pool) => `Следующий шаг ждёт воркера и продолжится сам. Запустите: \`reviver worker --pool ${pool}\``,
  },
  votes(given, may, including) {
    const who = may.length > 0 ? `Одобрить может: ${or(may)}.` : 'Одобрить здесь некому.';
    const lead = including && may.length > 0 ? ` Среди одобривших должен быть ${roleName(including)}.` : '';
    return `${given.length > 0 ? `Уже одобрено: ${and(given)}. ` : ''}${who}${lead}`;
  },
  replaces: (recovery, why) => `Спрашиваем заново, план ${recovery} изменился: ${why}.`,
  wellAgain: (service, agoMs) =>
    `${service} уже ${about(agoMs)} работает сам. Это ещё нужно? Если нет, отмените: кнопка \`Cancel\`.`,
  ifItFails: {
    stops: 'При сбое: остановится на этом шаге, отката не будет, позовут людей.',
    cannotUndo: 'При сбое: откатить ничего нельзя, позовут людей.',
    undoes: (except) =>
      `При сбое: выполненные шаги откатываются в обратном порядке${except.length > 0 ? ` (кроме ${except.join(', ')})` : ''}; если не удастся и это, позовут людей.`,
  },
  digest: (step, digest) => `${step === undefined ? 'план' : `шаг ${step}`} ${digest}`,
  expires: (inMs) => `истекает через ${about(inMs)}`,
  otherPlans: (others) => `другие планы: ${others.join(', ')}`,
};

const STEP = (number: number | undefined, name: string) =>
  number === undefined ? `«${name}»` : `Шаг ${number} «${name}»`;

export const running: RunningWords = {
  at: (numbers, of) => `${steps(numbers)} из ${of}`,
  verifying: (of) =>
    `${of === 1 ? 'шаг выполнен' : `все ${count(of, ['шаг', 'шага', 'шагов'])} выполнены`}, идёт проверка`,
  cancelling: (by) => `отменяется: ${by}`,
  rollingBack: (nth, of) => `откат, ${nth} из ${of}`,
  stuck: { unknown: 'исход неизвестен', stopped: 'остановлено', not_begun: 'не начато' },
  needsPerson: 'нужен человек',
  beginByRetry: 'Ждёт, пока его начнёт человек: кнопка `Retry`.',
  failed: (number, name, error) => `${STEP(number, name)}, сбой: ${error}`,
  interrupted: (number, name, beganAgoMs) =>
    `${STEP(number, name)} ${beganAgoMs === undefined ? '' : `начат ${about(beganAgoMs)} назад и `}прерван. Неизвестно, подействовал ли он.`,
  lookedAt: (seen) => `Проверено: ${seen ?? 'проверить было нечего'}`,
  lastError: (number, attempt, error) => `Шаг ${number}, попытка ${attempt}: ${error}`,
  more: (n) => `И ещё ${n}: см. \`Details\`.`,
};

export const ended: EndedWords = {
  recovered: (totalMs, activeMs) => `восстановлен за ${exact(totalMs)}${work(activeMs)}`,
  unverified: (totalMs, activeMs) => `выполнено за ${exact(totalMs)}${work(activeMs)}, без проверки`,
  nobodyChecks: (service) => `У ${service} нет проверки состояния: никто не видел, что он работает.`,
  failed: 'сбой',
  rolledBack: 'откат выполнен',
  expired: 'срок истёк, никто не решил вовремя',
  rejected: (by) => (by === undefined ? 'отклонено' : `отклонено: ${by}`),
  cancelled: 'отменено',
  after: (ms) => `через ${exact(ms)}`,
  successor: (recovery, anew) => `${anew ? 'Вопрос задан заново' : 'Новая попытка'}: ${recovery}.`,
  didThisHelp: (yes, no) => `Это помогло?${votes('Да', yes)}${votes('Нет', no)}`,
  next: (alternative) => `Что ещё можно: ${alternative}.`,
};

function votes(label: string, people: readonly string[]): string {
  return people.length === 0 ? '' : ` ${label}: ${and(people)}.`;
}

function work(activeMs: number | undefined): string {
  return activeMs === undefined ? '' : ` (${exact(activeMs)} без ожидания людей)`;
}
