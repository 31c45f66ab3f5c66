import type { RecoveryView, Verb } from '../../../engine/engine.js';
import type { Deed, Misfit } from '../../../engine/model/because.js';
import { recoveryName } from '../../../engine/model/recovery.js';
import type { EngineWords, RefusalWords } from '../topics/engine.js';
import { measures } from './measures.js';
import { facts } from './recovery.js';
import { retell } from './retell.js';
import { roleName } from './roles.js';
import { mistakes } from './talk.js';

const { exact, or } = measures;

const DEEDS: Readonly<Record<Deed, string>> = {
  'start a recovery': 'запускать восстановление',
  'report an incident': 'сообщать об инцидентах',
  'see plans': 'смотреть планы',
  'make backups': 'снимать резервные копии',
  'warm the caches': 'прогревать кэши',
  cancel: 'отменять',
  retry: 'повторять',
  'mark a step done': 'отмечать шаг выполненным',
  'roll back': 'откатывать',
  undo: 'возвращать прежнее состояние',
  escalate: 'эскалировать',
  acknowledge: 'брать в работу',
  'rate a recovery': 'оценивать восстановления',
  'write notes': 'писать заметки',
  'take notes back': 'убирать заметки',
  silence: 'заглушать алерты',
  'assign an incident': 'указывать сервис инцидента',
  'open a breaker': 'размыкать предохранитель',
  'reset a breaker': 'замыкать предохранитель',
  'begin a maintenance': 'начинать обслуживание',
  'end a maintenance': 'завершать обслуживание',
  'set a recovery policy': 'задавать политику восстановления',
  'warm caches up': 'прогревать кэш',
};

const MISFITS: Readonly<Record<Misfit, string>> = {
  'is not waiting for a person, so there is nothing to retry': 'человека не ждёт, повторять нечего',
  'has no step that waits to be marked done': 'нет шага, который можно отметить выполненным',
  'was rolled back already, and nothing is undone twice': 'откат уже выполнен, дважды ничего не откатывается',
  'is rolling back already': 'откат уже идёт',
  'cannot be rolled back now; cancel it first': 'откатить сейчас нельзя, сначала отмените',
  'did nothing that could be undone': 'не сделано ничего, что можно откатить',
  'did not succeed; roll it back instead': 'завершилось не успехом, его можно откатить',
  'has ended already': 'уже завершено',
  'is rolling back; that is not cancelled half way': 'идёт откат, на полпути он не отменяется',
};

/** What `NotFound` looks for. */
const KINDS: Readonly<Record<string, string>> = {
  service: 'сервиса',
  runbook: 'ранбука',
  strategy: 'стратегии',
  recovery: 'восстановления',
  incident: 'инцидента',
  backup: 'резервной копии',
  channel: 'канала',
  message: 'сообщения',
  action: 'действия',
  approval: 'запроса на одобрение',
};

const DONE = { approve: 'одобрено', reject: 'отклонено' };

const canDecide = (people: readonly string[]) =>
  people.length === 0 ? 'Больше в конфигурации некому: назначьте роль.' : `Решить может: ${or(people)}.`;

const refusals: RefusalWords = {
  plan_changed: ({ recovery }) =>
    `Этот план изменился: ${recovery} спрашивает уже о другом. Ваше решение не засчитано; посмотрите на ${recovery} сейчас.`,
  hardly_seen: ({ recovery, digest }) =>
    `${recovery} только что задал новый вопрос. Ваше одобрение не засчитано; посмотрите и скажите, о чём речь: \`approve ${recovery} ${digest}\`.`,
  question_replaced: ({ recovery }) =>
    `Этот вопрос о ${recovery} отозван или заменён новым. Ничего не изменилось; посмотрите на ${recovery} сейчас.`,
  no_such_question: ({ recovery }) => `${recovery} такого не спрашивает. Ваше решение не засчитано.`,
  not_asking: ({ recovery }) => `${recovery} не ждёт одобрения. Ничего не изменилось.`,
  question_expired: ({ recovery, agoMs }) =>
    `Срок вопроса о ${recovery} истёк ${exact(agoMs)} назад. Ничего не изменилось; повторите ${recovery}, и вопрос будет задан заново.`,
  question_closed: ({ recovery }) => `Вопрос о ${recovery} закрыт. Ничего не изменилось.`,
  decided_already: ({ by, verdict, agoMs }) =>
    `Уже ${DONE[verdict]} ${exact(agoMs)} назад: ${by}. Ничего не изменилось.`,
  voted_already: ({ recovery, verdict, agoMs, wanted }) =>
    `Ваше решение по ${recovery} уже есть: ${DONE[verdict]} ${exact(agoMs)} назад. Ничего не изменилось${wanted === 'reject' ? `; чтобы остановить ${recovery}, отмените его` : ''}.`,
  no_person: ({ can }) => `Решать могут только люди, а у этого токена нет человека. ${canDecide(can)}`,
  own_plan: ({ can }) =>
    can.length === 0
      ? 'Вы сами запросили этот план, одобрить должен кто-то другой. Больше в конфигурации некому: назначьте роль.'
      : `Вы сами запросили этот план, одобрить должен кто-то другой: ${or(can)}.`,
  own_token: ({ token, can }) =>
    `Этот план запросил ваш \`${token}\`, одобрить должен кто-то другой. ${canDecide(can)}`,
  lacks_role: ({ recovery, role, can }) =>
    `У вас нет роли ${roleName(role)}, решение по ${recovery} не засчитано. ${canDecide(can)} Что можно вам, покажет \`/recover whoami\`.`,
  role_needed: ({ deed, needed, roles }) =>
    `Вам нельзя ${DEEDS[deed]}: нужна роль ${or(needed.map(roleName))}. ${roles.length > 0 ? `Ваши роли: ${roles.map(roleName).join(', ')}.` : 'Роли у вас нет.'}`,
  misfit: ({ recovery, misfit, state }) => `${recovery}: ${MISFITS[misfit]}. Состояние: ${facts.states[state]}.`,
  cancel_kept: ({ recovery }) =>
    `База данных недоступна, поэтому отмена ${recovery} ещё не записана. Воркеру велено остановиться, если до него можно достучаться, а ${recovery} будет отменено, как только база вернётся. Если до этого бота перезапустят, отмените ещё раз.`,
  no_recovery: ({ recovery }) => `Нет восстановления ${recovery}.`,
  too_late_to_cancel: ({ recovery }) => `${recovery} только что завершилось, отменять нечего.`,
  changed_meanwhile: ({ recovery }) =>
    `${recovery} только что изменилось, поэтому ничего не сделано. Посмотрите ещё раз.`,
  no_pager: () =>
    'Пейджеры не настроены, проверять нечего. Задайте `PAGERDUTY_ROUTING_KEY`, `SMTP_URL`, `TWILIO_ACCOUNT_SID` или `ALERT_WEBHOOK_URL`.',
  nothing_to_retry: ({ recovery, service }) =>
    `${recovery} завершилось успешно, повторять нечего. Начать новое: \`/recover ${service}\`.`,
  other_steps: ({ recovery, seen, waiting }) =>
    `${recovery}: шаг ${seen.join(', ')} больше не ждёт человека${waiting.length > 0 ? `, теперь ждёт шаг ${waiting.join(', ')}` : ''}. Ничего не изменилось; посмотрите на ${recovery} сейчас.`,
  changed_after: ({ recovery, service, other }) =>
    `${other} изменило ${service} после ${recovery}, вернуть состояние до ${recovery} нельзя.`,
  too_late_to_undo: ({ recovery, agoMs, withinMs }) =>
    `${recovery} завершилось ${exact(agoMs)} назад, вернуть прежнее состояние можно только в течение ${exact(withinMs)}.`,
  beside_another: ({ recovery, service, other, state }) =>
    `${service} сейчас восстанавливает ${other} (${facts.states[state]}), поэтому ${recovery} откатить нельзя.`,
  under_way: ({ recovery, service, plan, state, place, by }) =>
    `${service} уже восстанавливает ${recovery} (${plan}, ${facts.states[state]}${place ? `, место в очереди: ${place}` : ''}, запрос: ${by}). Дождитесь его или сначала отмените: \`cancel ${recovery}\`.`,
  no_breaker: ({ service }) =>
    `У ${service} нет предохранителя, его вызовы никогда не отклоняются. Его даёт настройка \`circuit_breaker_enabled: true\`.`,
  only_people_rate: () => 'Помогло ли восстановление, говорят только люди, а у этого токена нет человека.',
  not_ended: ({ recovery, state }) =>
    `${recovery} ещё не завершилось (${facts.states[state]}), сказать, помогло ли оно, пока нельзя.`,
  nothing_ran: ({ recovery }) => `В ${recovery} ничего не выполнялось: ни помочь, ни не помочь оно не могло.`,
  note_length: ({ characters, most }) =>
    `В заметке от 1 до ${most} символов, в этой ${characters}. Ничего не записано.`,
  notes_full: ({ recovery, most }) => `У ${recovery} уже ${most} заметок, больше нельзя. Ничего не записано.`,
  no_note: ({ recovery, note }) => `У ${recovery} нет заметки ${note}.`,
  not_your_note: ({ author }) => `Эту заметку оставил(а) ${author}; убрать её может автор или ${roleName('lead')}.`,
  no_plan: ({ service, runtime }) => mistakes.noPlan.title(service, runtime),
  constitution: ({ why }) => `Отказано: ${retell(why)}. Ничего не изменено.`,
  no_drill: ({ service, lacks }) =>
    lacks === 'permission'
      ? `Ломать ${service} на учениях не разрешено. Чтобы разрешить, напишите drill: { allowed: true } у ${service} в конфигурации и перезапустите Reviver. Ничего не сделано.`
      : `У ${service} нет проверки: никто не заметит ни поломки, ни возвращения. Добавьте проверку в конфигурацию. Ничего не сделано.`,
  no_incident: ({ incident }) => `Нет инцидента ${incident}.`,
  not_found: ({ what, name, suggestion }) =>
    KINDS[what] && `Нет ${KINDS[what]} «${name}».${suggestion ? ` Возможно, вы имели в виду ${suggestion}?` : ''}`,
};

/** What was done, told from the view after it. */
const ACTED: Readonly<Record<Exclude<Verb, 'cancel' | 'retry'>, string>> = {
  mark_done: 'продолжается, шаг считается выполненным',
  rollback: 'начат откат',
  undo: 'вернёт прежнее состояние',
  escalate: 'эскалировано, позовут следующих людей',
  ack: 'принято в работу',
};

function acted({ recovery }: RecoveryView, verb: Verb, asked: number): string {
  const name = recoveryName(recovery.id);
  if (verb === 'retry') return recovery.id === asked ? `${name} продолжается.` : `${name}: это новая попытка.`;
  if (verb !== 'cancel') return `${name}: ${ACTED[verb]}.`;
  return recovery.state === 'CANCELLED'
    ? `${name} отменено.`
    : `${name} останавливается: текущий шаг прерывается, новые не начнутся.`;
}

function decided({ recovery, steps, approvals, queuePlace = 1 }: RecoveryView, verdict: 'approve' | 'reject'): string {
  const name = recoveryName(recovery.id);
  const ran = steps.some((step) => step.attempts > 0);
  if (verdict === 'reject')
    return `${name} отклонено. ${ran ? 'Дальше не пойдёт; сделанное останется.' : 'Ничего не выполнялось.'}`;
  const open = approvals.find(({ state }) => state === 'pending');
  if (open) {
    const given = open.decisions.filter((decision) => decision.verdict === 'approve').length;
    const more = Math.max(1, open.need - given);
    return `Ваше одобрение ${name} записано; нужно ещё: ${more}.`;
  }
  if (ran) return `${name} одобрено и продолжается.`;
  return `${name} одобрено и ${queuePlace > 1 ? `ждёт в очереди, место ${queuePlace}` : 'начнётся, как только освободится воркер'}.`;
}

export const engine: EngineWords = {
  refusals,
  databaseAway: 'База данных бота не отвечает.',
  decided,
  acted,
  retell: (phrase) => retell(phrase),
};
