import { DURATION, duration, type Phrase, phrase } from './phrase.js';

/** What drills and the catching up on routine care say. */
export const CARE: readonly Phrase[] = [
  phrase('the drill was ended: (.*)', (why) => `учения прерваны: ${why}`, 0),
  phrase('(.+) asks for a recovery in earnest', (who) => `уступлено настоящему восстановлению: ${who}`),
  phrase('the drill of this quarter', () => 'учения этого квартала'),
  phrase('noticed: (.*)', (what) => `замечено: ${what}`, 0),
  phrase(
    String.raw`(\S+) is down and nobody has noticed within (${DURATION}): the monitor says (.*)\. Is a scheduler running, and does the check look at the right place\?`,
    (service, within = '', says) =>
      `${service} не работает, и за ${duration(within)} этого никто не заметил; монитор говорит: ${says}. Запущен ли планировщик (scheduler), и туда ли смотрит проверка?`,
    2,
  ),
  phrase(
    String.raw`(.*)\. What was kept before is untouched; mend what it names, then press Recover again\.`,
    (what) => `${what}. Прежнее не тронуто; устраните названное и нажмите Recover ещё раз.`,
  ),
  phrase(
    String.raw`(.+) has not ended within (${DURATION})\. It goes on by itself: (.+) shows the new one when it is there\.`,
    (jobs, within = '', command) =>
      `Не закончено за ${duration(within)}: ${jobs}. Продолжается само; новая копия появится в \`${command}\`.`,
  ),
  phrase(
    String.raw`Nobody has begun (.+) within a minute: is a scheduler running \((.+)\)\? It stays due\.`,
    (jobs, command) =>
      `За минуту никто не начал: ${jobs}. Запущен ли планировщик (${command})? Задание остаётся в очереди.`,
  ),
];
