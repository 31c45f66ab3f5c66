import { CARE } from './care-phrases.js';
import { GUARD } from './guard-phrases.js';
import { count } from './measures.js';
import { DURATION, duration, type Phrase, phrase } from './phrase.js';
import { PLANS } from './plan-phrases.js';

const OUTCOMES: readonly Phrase[] = [
  phrase('cancelled by (.+)', (by) => `отменено: ${by}`),
  phrase('rejected by (.+)', (by) => `отклонено: ${by}`),
  phrase('rolled back by (.+)', (by) => `откат запрошен: ${by}`),
  phrase('marked done by (.+)', (by) => `отмечено выполненным: ${by}`),
  phrase('(.+) asks for help', (by) => `просят помощи: ${by}`),
  phrase('nobody decided in time', () => 'никто не решил вовремя'),
  phrase('it was approved, but could not start in time', () => 'одобрено, но не началось вовремя'),
  phrase('the plan changed: (.*)', (what) => `план изменился: ${what}`, 0),
  phrase(
    String.raw`(\S+) was (.+) when the plan was shown, now it is (.+)`,
    (service, was, is) => `${service} на момент показа плана: ${target(was)}, сейчас: ${target(is)}`,
  ),
  phrase(
    String.raw`(\S+) is declared otherwise than when the plan was shown: (.+)`,
    (service, what) => `${service} объявлен иначе, чем когда показывали план: ${what}`,
    1,
  ),
  phrase('its label (.+)', (labels) => `изменено ${labels}`),
  phrase('its container', () => 'другой контейнер'),
  phrase('its workload', () => 'другой объект кластера'),
  phrase('its place: no container declares it', () => 'ни один контейнер его не объявляет'),
  phrase('its place: it was in the configuration', () => 'раньше он был в конфигурации'),
  phrase(
    String.raw`it had (\d+) steps?, now it has (\d+)`,
    (was = '', is) => `${was === '1' ? 'был' : 'было'} ${count(Number(was), ['шаг', 'шага', 'шагов'])}, теперь ${is}`,
  ),
  phrase(
    String.raw`step (\d+) was "(.*)", now it is "(.*)"`,
    (number, was, is) => `шаг ${number} был «${was}», теперь «${is}»`,
  ),
  phrase(
    String.raw`step (\d+) "(.*)" does something else now`,
    (number, name) => `шаг ${number} «${name}» делает теперь другое`,
  ),
  phrase('the constitution is another one', () => 'конституция другая'),
  phrase(
    String.raw`its risk was (\d+(?:\.\d+)?), now it is (\d+(?:\.\d+)?)`,
    (was = '', is = '') => `риск был ${was.replace('.', ',')}, теперь ${is.replace('.', ',')}`,
  ),
  phrase(
    String.raw`it needed (\d+) approvals?, now it needs (\d+)`,
    (was, is) => `нужно было одобрений: ${was}, теперь ${is}`,
  ),
  phrase('its parameters or rules are others now', () => 'его параметры или правила теперь другие'),
  phrase('it cannot be planned any more: (.*)', (why) => `плана больше нет: ${why}`, 0),
  phrase('(.+) may not approve it any more', (names) => `больше не может одобрять: ${names}`),
  phrase(
    String.raw`(R-\d+) could not be planned anew: (.*) Nobody is asked now; retry R-\d+ once that is mended\.`,
    (name, why) =>
      `${name} не удалось спланировать заново: ${why} Сейчас никого не спрашивают; исправьте и повторите: \`retry ${name}\`.`,
    1,
  ),
  phrase(
    String.raw`Step (\d+) "(.*)" failed(?: (\d+) times)?: (.*)`,
    (number, name, times, why) =>
      `Шаг ${number} «${name}», сбой${times ? ` (${count(Number(times), ['попытка', 'попытки', 'попыток'])})` : ''}: ${why}`,
    3,
  ),
  phrase('it was done, but its check says: (.*)', (what) => `выполнено, но проверка говорит: ${what}`, 0),
  phrase(String.raw`Step (\d+) "(.*)": (.*)`, (number, name, why) => `Шаг ${number} «${name}»: ${why}`, 2),
  phrase(
    String.raw`its next step waits for a worker of the pool (\S+), and none is alive\. (?:Workers serve (.+)|No worker is alive at all)\. Start one: (.+)`,
    (pool, served, command) =>
      `следующий шаг ждёт воркера пула ${pool}, а живых нет. ${served ? `Есть воркеры пулов: ${served}.` : 'Воркеров нет совсем.'} Запустите: \`${command}\``,
  ),
  phrase(
    String.raw`no live worker of the pool (\S+) has every action of its plan; missing: (.+)\. Start a worker of the version that planned it, or cancel it and recover anew`,
    (pool, missing) =>
      `ни у одного живого воркера пула ${pool} нет всех действий плана; не хватает: ${missing.replaceAll('(version', '(версия')}. Запустите воркер той версии, что составила план, или отмените и начните заново`,
  ),
  phrase('outcome unknown', () => 'исход неизвестен'),
  phrase('no reason given', () => 'причина не указана'),
  phrase('the time for the whole recovery is over', () => 'время на всё восстановление истекло'),
  phrase(
    String.raw`what it would do is not what was approved: (.*) changed since\. Nothing was changed; retry the recovery, and it is asked anew`,
    (names) =>
      `одобрено было другое: с тех пор изменилось ${names}. Ничего не изменено; повторите восстановление, и вопрос будет задан заново`,
  ),
  phrase('the stored plan is not the one that was decided on', () => 'сохранённый план не тот, который одобряли'),
  phrase(
    String.raw`a worker died in it (\d+) times; (.*)`,
    (times, seen) => `воркер погиб на нём ${count(Number(times), ['раз', 'раза', 'раз'])}; ${seen}`,
    1,
  ),
  phrase('not needed: (.*)', (condition) => `не требуется: ${condition}`),
  phrase(String.raw`retry of (R-\d+)`, (recovery) => `повтор ${recovery}`),
  phrase(
    String.raw`(\S+) needs people: (.*)\. No pager is connected to this version; this channel is the last stop\.`,
    (name, why) => `${name}: нужны люди, ${why}. Пейджера у этой версии нет, дальше этого канала никто не узнает.`,
    1,
  ),
  phrase(
    `it is away for longer than (${DURATION}), its recovery time objective`,
    (time = '') => `не работает дольше ${duration(time)}, своего целевого времени восстановления`,
  ),
  phrase(
    String.raw`(\d+) recoveries of it failed within an hour`,
    (n) => `за час не удалось ${count(Number(n), ['восстановление', 'восстановления', 'восстановлений'])}`,
  ),
  phrase(
    'this is a test by (.*); nothing is wrong, and nobody has to do anything',
    (by) => `это проверка, её запустил(а) ${by}; всё в порядке, делать ничего не нужно`,
  ),
  phrase('Undo: (.*)', (name) => `Откат: ${name}`),
];

/** What checks and actions found, as far as it is common. */
const FINDINGS: readonly Phrase[] = [
  phrase(String.raw`(\S+) is flapping`, (service) => `${service} то падает, то встаёт`),
  phrase(
    '(.*); down with it: (.+)',
    (seen, names = '') => `${seen}; вместе с ним недоступны: ${names.replace(/(\d+) more$/, 'ещё $1')}`,
    0,
  ),
  phrase(
    `it fell ill (\\d+) times, the last: (.*)\\. It is told of once, until it is steady for (${DURATION})`,
    (times, seen, time = '') =>
      `${count(Number(times), ['падение', 'падения', 'падений'])}, последнее: ${seen}. Сообщается один раз, пока не будет стабилен ${duration(time)}`,
    1,
  ),
  phrase('it is in maintenance', () => 'он на обслуживании'),
  phrase('nobody here can look at the container', () => 'посмотреть на контейнер отсюда нельзя'),
  phrase(String.raw`(\S+) is down`, (service) => `${service} недоступен`),
  phrase(String.raw`(.*) \((\d+) of (\d+) checks\)`, (seen, bad, all) => `${seen} (${bad} из ${all} проверок)`, 0),
  phrase('it has no health check', () => 'у него нет проверки состояния'),
  phrase('no health check: unverified', () => 'проверки состояния нет'),
  phrase('not checked yet', () => 'ещё не проверялся'),
  phrase('not known while the database is away', () => 'неизвестно, пока недоступна база данных'),
  phrase(`no answer within (${DURATION})`, (time = '') => `нет ответа за ${duration(time)}`),
  phrase('connection refused', () => 'соединение отклонено'),
  phrase('connection reset', () => 'соединение сброшено'),
  phrase('connect timed out', () => 'соединение не установлено вовремя'),
  phrase('host not found', () => 'хост не найден'),
  phrase('host unreachable', () => 'хост недоступен'),
  phrase('PING answers', () => 'PING отвечает'),
  phrase(String.raw`([\d,]+) keys?`, (n = '') => count(Number(n.replaceAll(',', '')), ['ключ', 'ключа', 'ключей'])),
  phrase(String.raw`exit code (\d+)`, (code) => `код выхода ${code}`),
  phrase('did not run', () => 'не работал'),
  phrase('nothing of it runs', () => 'ничего не работает'),
  phrase(String.raw`(pid \d+) ended`, (pid) => `${pid} завершён`),
  phrase('it cannot be proven that its old processes are gone', () => 'нельзя доказать, что старых процессов нет'),
  phrase(String.raw`(\S+) leaves no trace that could be looked at`, (action) => `${action} не оставляет следов`),
];

/** Circuit breakers: why one opened, and what follows. */
const BREAKERS: readonly Phrase[] = [
  phrase(
    String.raw`(.*)\. Its circuit breaker is open: calls are refused for (${DURATION}), then one is let through\. (A recovery is asked for|No recovery begins by itself) \((.*)\)\.`,
    (why, time = '', next, because = '') =>
      `${why}. Предохранитель разомкнут: вызовы отклоняются, через ${duration(time)} будет пробный. ${next?.startsWith('A') ? 'Запрошено восстановление' : 'Само восстановление не начнётся'} (${permission(because)}).`,
    0,
  ),
  phrase(String.raw`(\S+) fails its calls`, (service) => `${service}: вызовы не удаются`),
  phrase(
    String.raw`(\d+) failures in a row, the last: (.*)`,
    (n, why) => `${count(Number(n), ['сбой', 'сбоя', 'сбоев'])} подряд, последний: ${why}`,
    1,
  ),
  phrase(
    String.raw`(\d+) of (\d+) calls failed within a minute, the last: (.*)`,
    (bad, all, why) =>
      `за минуту не удалось ${bad} из ${count(Number(all), ['вызова', 'вызовов', 'вызовов'])}, последний: ${why}`,
    2,
  ),
  phrase('the call that was let through failed: (.*)', (why) => `пробный вызов не удался: ${why}`, 0),
  phrase('its circuit breaker opened: (.*)', (why) => `предохранитель разомкнулся: ${why}`, 0),
  phrase('by hand', () => 'вручную'),
  phrase('by a step of a recovery', () => 'шагом восстановления'),
  phrase('open until it is reset', () => 'разомкнут до сброса'),
  phrase(
    `open; one call is let through in (${DURATION})`,
    (time = '') => `разомкнут, пробный вызов через ${duration(time)}`,
  ),
  phrase('it was closed already; the count begins anew', () => 'уже был замкнут, счёт начат заново'),
];

const PERMISSIONS: readonly [RegExp, string][] = [
  [/^auto_recover is not set$/, 'auto_recover не задан'],
  [/^auto_recover allows it: (.*)$/s, 'auto_recover разрешает: $1'],
  [/^auto_recover does not allow it: (.*)$/s, 'auto_recover не разрешает: $1'],
  [/^in shadow mode, as configured: (\d+) of (\d+) verified runs$/, 'так настроено, проверенных запусков $1 из $2'],
  [/^in shadow mode, (R-\d+) failed: (\d+) of (\d+) verified runs$/, '$1 не удалось, проверенных запусков $2 из $3'],
  [/^in shadow mode, (\d+) verified runs: (\d+) of (\d+) verified runs$/, 'проверенных запусков $2 из $3'],
  [/^(.+) has silenced it$/, 'заглушено: $1'],
  [/^(.+) works on it$/, 'идут работы: $1'],
  [/^(.+) looks after it$/, 'этим занимается $1'],
  [/^as configured$/, 'так настроено'],
  [/^(\d+) verified runs$/, 'проверенных запусков: $1'],
  [/^(R-\d+) failed$/, '$1 не удалось'],
  [/^(\d+) recoveries by itself within an hour are enough$/, 'за час уже $1, дальше решают люди'],
];

function permission(because: string): string {
  const known = PERMISSIONS.find(([pattern]) => pattern.test(because));
  return known ? because.replace(...known) : because;
}

/** Also where they stand alone. */
const DECISIONS: readonly Phrase[] = PERMISSIONS.map(([pattern, said]) => ({
  pattern,
  say: (...parts) => said.replace(/\$(\d)/g, (_, n) => parts[Number(n) - 1] ?? ''),
}));

export const PHRASES: readonly Phrase[] = [
  ...BREAKERS,
  ...PLANS,
  ...CARE,
  ...GUARD,
  ...OUTCOMES,
  ...FINDINGS,
  ...DECISIONS,
];

const TARGETS: Readonly<Record<string, string>> = {
  running: 'работает',
  stopped: 'остановлен',
  missing: 'отсутствует',
  'not known': 'неизвестно',
};

function target(status = ''): string {
  return TARGETS[status] ?? status;
}
