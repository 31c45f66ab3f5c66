import { count } from './measures.js';
import { DURATION, duration, type Phrase, phrase } from './phrase.js';

const EVIDENCE: readonly Phrase[] = [
  phrase('(.+); left out: (.+)', (evidence, names) => `${evidence}; пропущено: ${names}`, 0),
  phrase(
    '(is for .+|fits what is known of the incident); (.+)',
    (because, evidence) => `${fitsBecause(because)}; ${evidence}`,
    1,
  ),
  phrase(String.raw`no history for (\S+) yet`, (service) => `для ${service} истории пока нет`),
  phrase(
    String.raw`(worked|failed) the one time it was tried(?: for (\S+))?( in other incidents)?(?:, median (${DURATION}))?(?:, last (R-\d+))?`,
    (how, service, other, median, last) =>
      `${how === 'worked' ? 'один раз пробовали, помогло' : 'один раз пробовали, не помогло'}${history(service, median, last, other && ' в других инцидентах')}`,
  ),
  phrase(
    String.raw`worked (\d+) of (\d+) times(?: for (\S+))?( in other incidents)?(?:, median (${DURATION}))?(?:, last (R-\d+))?`,
    (good = '', all = '', service, other, median, last) =>
      `помогло ${count(Number(good), ['раз', 'раза', 'раз'])} из ${all}${history(service, median, last, other && ' в других инцидентах')}`,
  ),
  phrase(
    String.raw`(.+) for other services in incidents like this one(?:, median (${DURATION}))?(?:, last (R-\d+))?`,
    (times, median, last) => `${times} у других сервисов в похожих инцидентах${history(undefined, median, last)}`,
    0,
  ),
  phrase('no history', () => 'нет истории'),
  phrase(
    String.raw`(\d+) of (\d+)(?: for (\S+))?`,
    (good, all, service) => `${good} из ${all}${service ? ` для ${service}` : ''}`,
  ),
  phrase('not possible: (.*)', (why) => `невозможно: ${why}`, 0),
  phrase('not possible now: (.*)', (why) => `сейчас невозможно: ${why}`, 0),
  phrase(
    String.raw`failed the last (\d+) times(?:, last (R-\d+))?`,
    (n, last) => `не помогло ${count(Number(n), ['раз', 'раза', 'раз'])} подряд${last ? `, последнее ${last}` : ''}`,
  ),
  phrase('a runbook that fits goes before a strategy', () => 'подходящий ранбук идёт раньше стратегии'),
  phrase('as good, and later in the configuration', () => 'не хуже, но стоит в конфигурации позже'),
  phrase(String.raw`(\S+) fits the incident better`, (name) => `${name} больше подходит к инциденту`),
  phrase(String.raw`worked less often: (\d+) of (\d+)`, (good, all) => `помогало реже: ${good} из ${all}`),
  phrase('worked less often in incidents like this one', () => 'в похожих инцидентах помогало реже'),
  phrase(String.raw`not tried yet, and (\S+) worked`, (name) => `ещё не пробовали, а ${name} помогало`),
  phrase(String.raw`(\S+) is advised for such a service`, (name) => `для такого сервиса советуют ${name}`),
  phrase(String.raw`riskier than (\S+)`, (name) => `рискованнее, чем ${name}`),
  phrase(`takes longer(?:, (${DURATION}))?`, (time) => `дольше${time ? `, ${duration(time)}` : ''}`),
  phrase(
    'failed on other services in incidents like this one',
    () => 'не помогало другим сервисам в похожих инцидентах',
  ),
  phrase('worked in other incidents alone', () => 'помогало только в других инцидентах'),
  phrase('fits the incident too little', () => 'слишком мало подходит к инциденту'),
  phrase('it is for (.+)', (names) => `предназначено для ${names}`),
];

/** What a saved plan of Terraform changes. */
const DETAILS: readonly Phrase[] = [
  phrase(
    String.raw`(\d+) to add, (\d+) to change, (\d+) to destroy(?:, (\d+) outputs? to change)?`,
    (add, change, destroy, outputs) =>
      `добавить: ${add}, изменить: ${change}, удалить: ${destroy}${outputs ? `, выходных значений изменить: ${outputs}` : ''}`,
  ),
  phrase('no changes', () => 'изменений нет'),
  phrase(String.raw`and (\d+) more`, (n) => `и ещё ${n}`),
];

const RISK: readonly Phrase[] = [
  phrase('restores data', () => 'восстанавливает данные'),
  phrase('its runbook says so', () => 'так указано в ранбуке'),
  phrase(String.raw`(.+) and (\d+) more depend on it`, (names, more) => `от него зависят ${names} и ещё ${more}`),
  phrase(
    String.raw`(\S+) is down, too, and is recovered first`,
    (name) => `${name} тоже недоступен и восстанавливается первым`,
  ),
  phrase(
    String.raw`(\S+) is down, too, and has no strategy of its own`,
    (name) => `${name} тоже недоступен, а своей стратегии у него нет`,
  ),
  phrase('(.+) depends on it', (name) => `от него зависит ${name}`),
  phrase('(.+) depend on it', (names = '') => `от него зависят ${names}`),
  phrase('freeze "(.+)" until (.+)', (name, until) => `заморозка «${name}» до ${until}`),
  phrase('never proven', () => 'ни разу не проверен'),
  phrase(
    String.raw`not proven for (\d+) days?`,
    (days) => `не проверялся ${count(Number(days), ['день', 'дня', 'дней'])}`,
  ),
  phrase(
    String.raw`failed (\d+) times within the last 7 days`,
    (n) => `${count(Number(n), ['сбой', 'сбоя', 'сбоев'])} за последние 7 дней`,
  ),
  phrase(
    String.raw`failed (\d+) of (\d+) times`,
    (bad, all) => `${count(Number(bad), ['сбой', 'сбоя', 'сбоев'])} из ${all}`,
  ),
];

/** Why a plan, what it would do, and what makes it risky. */
export const PLANS: readonly Phrase[] = [...EVIDENCE, ...DETAILS, ...RISK];

/** Why a runbook fits. */
function fitsBecause(because = ''): string {
  if (because.startsWith('fits')) return 'подходит к тому, что известно об инциденте';
  return because.replace(/^is for the alert /, 'для оповещения ').replace(/^is for /, 'для ');
}

function history(
  service: string | undefined,
  median: string | undefined,
  last: string | undefined,
  where: string | undefined = '',
): string {
  const of = service ? ` для ${service}` : '';
  return `${of}${where}${median ? `, медиана ${duration(median)}` : ''}${last ? `, последнее ${last}` : ''}`;
}
