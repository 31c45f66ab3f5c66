import { count } from './measures.js';
import { type Phrase, phrase } from './phrase.js';
import { roleName } from './roles.js';

/** The file as it is now, or as it was read, and what is pinned. */
const SUMS = String.raw`found: (\w+), pinned: ([\w, ]+)`;

/** What the constitution refuses, what was edited behind Reviver's back, and what that means for a recovery. */
export const GUARD: readonly Phrase[] = [
  phrase(
    String.raw`Step (\d+) "(.*)" was not begun: (.*)\. Done so far: (.*)\. Then Retry goes on(, Roll back undoes it)?`,
    (number, name, why, done, undoable) =>
      `Шаг ${number} «${name}» не начат: ${why}. Уже сделано: ${done}. Потом Retry продолжит${undoable ? ', Roll back откатит' : ''}`,
    2,
  ),
  phrase(
    String.raw`Step (\d+) "(.*)" was not begun: (.*)\. Not undone yet: (.*)\. Then Retry goes on with that; Mark done says that you have done it by hand`,
    (number, name = '', why, left) =>
      `Шаг ${number} «${undone(name)}» не начат: ${why}. Ещё не откачено: ${left}. Потом Retry продолжит откат; Mark done, если вы сделали это вручную`,
    2,
  ),
  phrase(
    String.raw`Step (\d+) "(.*)" was not begun: (.*)`,
    (number, name = '', why) => `Шаг ${number} «${undone(name)}» не начат: ${why}`,
    2,
  ),
  phrase(
    String.raw`the constitution (.+) is not a pinned one \(${SUMS}\)\. Nothing begins until it is: put the pinned file back, or a lead runs (reviver constitution pin)`,
    (file, found, pinned, command) =>
      `конституция ${file} не та, что закреплена (сейчас: ${found}, закреплено: ${none(pinned)}). До этого ничего не начнётся: верните закреплённый файл, либо ${roleName('lead')} выполнит ${command}`,
  ),
  phrase(
    String.raw`the constitution (.+) cannot be read \(pinned: ([\w, ]+)\)\. Nothing begins until it can: make it readable for Reviver`,
    (file, pinned) =>
      `конституция ${file} не читается (закреплено: ${none(pinned)}). До этого ничего не начнётся: дайте Reviver право её читать`,
  ),
  phrase(
    String.raw`the constitution (.+) cannot be read \((\w+)\): make it readable for Reviver`,
    (file, code) => `конституция ${file} не читается (${code}): дайте Reviver право её читать`,
  ),
  phrase(
    String.raw`the constitution (.+) is not valid: (.+)\. Put the pinned file back`,
    (file, what) => `конституция ${file} с ошибкой: ${what}. Верните закреплённый файл`,
  ),
  phrase(
    String.raw`(the constitution (?:.+) has the hash|CONSTITUTIONAL_HASH is) (\w+), the configuration names (\w+): one of them was changed\. Let both name the same`,
    (where = '', one, other) =>
      `${where.startsWith('C') ? 'CONSTITUTIONAL_HASH:' : 'хеш в конституции:'} ${one}, а в конфигурации: ${other}. Одно из двух меняли: укажите одинаковый`,
  ),
  phrase(
    String.raw`this process began with a constitution that is not pinned any more \((\w+), pinned: ([\w, ]+)\)\. It begins nothing: restart it`,
    (mine, pinned) =>
      `этот процесс запущен с конституцией, которая больше не закреплена (${mine}, закреплено: ${none(pinned)}). Он ничего не начнёт: перезапустите его`,
  ),
  phrase(
    String.raw`it was planned under the constitution (\w+), which is not pinned any more\. Ask for the recovery again`,
    (hash) => `план составлен по конституции ${hash}, которая больше не закреплена. Запросите восстановление заново`,
  ),
  phrase('step "(.*)": (the constitution .*)', (name, why) => `шаг «${name}»: ${why}`, 1),
  phrase(String.raw`the constitution forbids the action (\S+)`, (action) => `конституция запрещает действие ${action}`),
  phrase(
    String.raw`the constitution protects (\S+): no step may touch it`,
    (service) => `конституция защищает ${service}: трогать его нельзя`,
  ),
  phrase(
    String.raw`the constitution protects (\S+): its policy is not set`,
    (service) => `конституция защищает ${service}: его политика не меняется`,
  ),
  phrase(
    'it is not what undoes its step: the stored step was edited. It was not begun',
    () => 'он не откатывает свой шаг: сохранённый шаг правили. Не начат',
  ),
  phrase(
    'the stored approval is not an answer about this plan: it was edited. Nothing ran',
    () => 'сохранённое одобрение не об этом плане: его правили. Ничего не выполнено',
  ),
  phrase(
    String.raw`somebody else writes into it: messages without Reviver's proof in ([\w-]+) \((\d+) so far(?:, the first is (.+))?\)\. They were refused and nothing was done because of them; recoveries go on\. Find out who can write there, and change its password \((\w+)\)`,
    (where, n, first, variable) =>
      `в него пишет кто-то чужой: ${count(Number(n), ['сообщение', 'сообщения', 'сообщений'])} без подписи Reviver в ${where}${first ? `, первое: ${first}` : ''}. Они отвергнуты, по ним ничего не сделано; восстановления идут. Выясните, кто может туда писать, и смените пароль (${variable})`,
  ),
];

function undone(name: string): string {
  return name.replace(/^Undo: /, 'Откат: ');
}

function none(pinned = ''): string {
  return pinned === 'none' ? 'ничего' : pinned;
}
