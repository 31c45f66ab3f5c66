import { riskLevel } from '../../../engine/planner/risk.js';
import { capital } from '../../cards/words.js';
import type { ConfirmWords, DetailWords, FactWords, Stakes, StepWords } from '../topics/recovery.js';
import { count, measures, steps } from './measures.js';
import { retell } from './retell.js';

const { about, and, exact, number } = measures;

const LEVELS = { high: 'высокий', critical: 'критический' } as const;

export const facts: FactWords = {
  asked: (by, approvers) => (approvers.length === 0 ? by : `${by}, одобрено: ${and(approvers)}`),
  risk: (risk, reasons) => {
    const level = riskLevel(risk);
    return `риск ${number(risk)}${level ? ` (${LEVELS[level]})` : ''}${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}`;
  },
  reason: (text) => `Причина: «${text}»`,
  alternative: ({ name, reason }) => (reason ? `${name} (${retell(reason)})` : name),
  states: {
    SCHEDULED: 'в очереди',
    AWAITING_APPROVAL: 'ждёт одобрения',
    IN_PROGRESS: 'выполняется',
    AWAITING_MANUAL: 'нужен человек',
    ROLLING_BACK: 'идёт откат',
    SUCCEEDED: 'успешно',
    FAILED: 'сбой',
    ROLLED_BACK: 'откат выполнен',
    CANCELLED: 'отменено',
  },
  progress: {
    nothing: 'Ничего не сделано.',
    nothingElse: 'Больше ничего не сделано.',
    notKnown: (numbers) =>
      `Неизвестно, ${numbers.length === 1 ? 'подействовал' : 'подействовали'} ли ${steps(numbers)}: проверьте, прежде чем продолжать.`,
    done: (numbers) => `${capital(steps(numbers))} ${numbers.length === 1 ? 'выполнен' : 'выполнены'}.`,
    notStarted: (numbers) => `${capital(steps(numbers))} не ${numbers.length === 1 ? 'начат' : 'начаты'}.`,
  },
  undo: {
    done: (numbers) => `Откат выполнен: ${each(numbers)}.`,
    failed: (numbers) => `Откат не удался: ${each(numbers)}.`,
    notNeeded: (numbers) => `${capital(steps(numbers, ['шагу', 'шагам']))} откат не нужен.`,
  },
};

export const stepWords: StepWords = {
  between: (attempts, inMs) => `${count(attempts, ['попытка', 'попытки', 'попыток'])}, следующая через ${about(inMs)}`,
  needsApproval: 'нужно одобрение',
  attempt: (n) => `попытка ${n}`,
  failed: (attempts) => (attempts > 1 ? `сбой, ${count(attempts, ['попытка', 'попытки', 'попыток'])}` : 'сбой'),
  skipped: (why) => (why ? `пропущен: ${why}` : 'пропущен'),
  undone: 'откат выполнен',
  ended: { unknown: 'исход неизвестен', cancelled: 'остановлен, без последствий' },
  folded: (first, last) => (first === last ? `Шаг ${first}` : `Шаги ${first}-${last}`),
};

export const confirm: ConfirmWords = {
  approve: ({ service, digest }, step, risk) =>
    `Одобрить ${step === undefined ? 'план' : `шаг ${step}, дайджест`} ${digest} для ${service}? ${capital(risk)}.`,
  retryUnknown: (stakes, numbers) =>
    `Выполнить ${steps(numbers)} из ${stakes.recovery} для ${stakes.service} ещё раз? Если действие уже произошло, оно повторится.${tail(stakes)}`,
  markDone: (stakes, numbers) =>
    `Результат точно есть (${steps(numbers)})? ${stakes.recovery} для ${stakes.service} пойдёт дальше.${tail(stakes)}`,
  undo: (stakes) => `Вернуть то, что изменило ${stakes.recovery} для ${stakes.service}?${tail(stakes)}`,
  rollBack: (stakes) => `Откатить выполненные шаги ${stakes.recovery} для ${stakes.service}?${tail(stakes)}`,
  cancel: (stakes) =>
    `Остановить ${stakes.recovery} для ${stakes.service}? Сделанное останется, пока его не откатят.${tail(stakes)}`,
};

/** States of a question. */
const QUESTIONS: Readonly<Record<string, string>> = {
  pending: 'ждёт решения',
  approved: 'одобрено',
  consumed: 'одобрено и использовано',
  rejected: 'отклонено',
  expired: 'срок истёк',
  superseded: 'заменено',
};

export const details: DetailWords = {
  step: (name, error) => `${name}: ${error}`,
  approval: (step, digest, state) =>
    `${step === undefined ? 'План' : `Шаг ${step}`} ${digest}: ${QUESTIONS[state] ?? state}`,
  decision: (by, verdict, via) => `${by} (${verdict === 'approve' ? 'за' : 'против'}, ${via})`,
  priority: (n) => `приоритет ${n}`,
  askedAgo: (ms) => `запрошено ${about(ms)} назад`,
  retryOf: (recovery) => `повтор ${recovery}`,
  why: (plan) => `почему ${plan}`,
  noEvidence: 'Прошлого опыта нет: ни за, ни против.',
  riskSentence: (risk) => `${capital(risk)}.`,
  policy: (need, rule) =>
    `${need === 0 ? 'Одобрение не нужно' : `Нужно ${count(need, ['одобрение', 'одобрения', 'одобрений'])}`}, правило «${rule}».`,
  instead: (alternative, whyNot) => `Вместо него: ${alternative}${whyNot ? ` — не выбрано: ${retell(whyNot)}` : ''}`,
  evidence: (recovery, succeeded, activeMs, agoMs) =>
    `Опыт: ${recovery}, ${succeeded ? 'успешно' : 'сбой'} за ${exact(activeMs)}${agoMs === undefined ? '' : `, ${about(agoMs)} назад`}`,
  note: (n, author, agoMs, text) => `Заметка ${n}, ${author} ${about(agoMs)} назад: «${text}»`,
  ratings: (yes, no) =>
    `Помогло: ${yes.length > 0 ? and(yes) : 'никто не сказал'}. Не помогло: ${no.length > 0 ? and(no) : 'никто не сказал'}.`,
};

function tail({ dependents, digest }: Stakes): string {
  return `${dependents ? ` ${capital(dependents)}.` : ''} План ${digest}.`;
}

function each(numbers: readonly number[]): string {
  return numbers.map((n) => `шаг ${n}`).join(', ');
}
