import type { Role } from '../../../engine/model/person.js';
import type { AdmissionWords, AnswerWords, HelpWords, MistakeWords, WhoamiWords } from '../topics/talk.js';
import { count, measures } from './measures.js';

const { about, or } = measures;

export const answers: AnswerWords = {
  sameAlready: (recovery, service, by, agoMs) =>
    `${recovery} уже делает то же для ${service}, запрошено ${about(agoMs)} назад: ${by}. Второй раз ничего не запущено.`,
  wasHealthy: (service, detail, recovery) =>
    `${service} был исправен (${detail}), когда вы запросили ${recovery}. Отмените, если имели в виду другой сервис.`,
  tooOld: (text, agoMs) =>
    `Вы написали «${text}» ${about(agoMs)} назад, когда бот был недоступен. Команда не выполнена; повторите её, если она ещё нужна.`,
  lookBeforeAgain: 'Проверьте состояние, прежде чем повторять.',
  internal: (id) => `Внутренняя ошибка бота (номер ${id} в его журнале).`,
  rated(recovery, helped, before) {
    const now = helped ? 'да' : 'нет';
    if (!before)
      return `Ваш голос учтён: ${recovery} ${helped ? 'помогло' : 'не помогло'}. Чтобы изменить его, проголосуйте ещё раз.`;
    const ago = `${about(before.agoMs)} назад`;
    return before.helped === helped
      ? `Вы уже ответили «${now}» про ${recovery} ${ago}. Ничего не изменилось.`
      : `Ваш голос о ${recovery} теперь «${now}»; ${ago} было «${before.helped ? 'да' : 'нет'}».`;
  },
  noted: (recovery, number) =>
    `Заметка ${number} записана к ${recovery}. Убрать её: \`/recover note ${recovery} --remove ${number}\``,
  noteRemoved: (recovery, number) => `Заметки ${number} у ${recovery} больше нет.`,
};

const meant = (guesses: readonly string[]) =>
  guesses.length === 0 ? '' : ` Возможно, вы имели в виду ${or(guesses)}?`;

export const mistakes: MistakeWords = {
  noCommand: 'Нет команды, которую можно выполнить.',
  tooManyWords: (word, usage) =>
    `Лишнее слово «${word}»; формат команды: ${usage}. Текст с пробелами пишите в кавычках.`,
  unknownTarget: (word, guesses) =>
    `Нет ни сервиса, ни ранбука, ни команды «${word}».${meant(guesses) || ' Что есть, покажет `/recover list`, команды покажет `/recover help`.'}`,
  whichService: (runbook, services, anyService) =>
    `Ранбук ${runbook} подходит ${anyService ? 'любому сервису' : `сервисам ${services.join(', ')}`}: уточните, например \`/recover ${services[0] ?? 'SERVICE'} --runbook ${runbook}\``,
  notUnderWay: (service, verb) => `${service} сейчас не восстанавливается, команде \`${verb}\` нечего делать.`,
  neitherNor: (word, guesses) => `«${word}» не восстановление вида R-12 и не сервис.${meant(guesses)}`,
  whichRecovery: (verb, active) =>
    `Уточните, какое восстановление, например \`/recover ${verb} R-12\`. ${active.length === 0 ? 'Сейчас ничего не восстанавливается.' : `Сейчас идут: ${active.join(', ')}.`}`,
  notADigest: (text, verdict, recovery) =>
    `«${text}» не похоже на дайджест плана, такой как 7f3a·91c2. Скопируйте его с карточки или напишите \`/recover ${verdict} ${recovery}\``,
  noSuchCommand: (word, guesses) => `Нет команды «${word}».${meant(guesses)} Все команды: \`/recover help\`.`,
  tooLong: (length, allowed) =>
    `В команде ${count(length, ['символ', 'символа', 'символов'])}, допустимо ${allowed}. Ничего не сделано.`,
  control: (code, position) => `В команде управляющий символ ${code} на позиции ${position}. Наберите её заново.`,
  openQuote: (closing) => `Кавычка не закрыта: добавьте ${closing} в конце.`,
  priority: (text) => `\`priority\`: «${text}» не подходит; нужно целое число от 1 (первым) до 10 (последним).`,
  optionTwice: (name) => `\`--${name}\` указан дважды; оставьте один.`,
  noValue: (name) => `У \`--${name}\` нет значения.`,
  valueNeeded: (name) => `После \`--${name}\` нужно значение.`,
  paramTwice: (key) => `\`${key}=\` указан дважды; оставьте один.`,
  yesOrNo: (text, recovery) =>
    `«${text}» не да и не нет. Это помогло? Напишите \`/recover rate ${recovery} yes\` или \`/recover rate ${recovery} no\`.`,
  noNote: (recovery) => `Напишите, что стоит знать другим, например \`/recover note ${recovery} диск был полон\`.`,
  noPlan: {
    title: (service, runtime) =>
      `Для ${service} нет плана: ни один ранбук ему не подходит, и нет стратегии, которую может ${runtime}. Ничего не сделано. План появится, если добавить что-то одно:`,
    match: (line) => `В подходящий ранбук: \`match: ${line}\``,
    setting: (service, line) => `В конфигурацию, к ${service}: \`${line}\``,
    command: (line) => `Новый ранбук, уже с этой строкой match: \`${line}\``,
  },
  unknownOption(name, guesses, known) {
    const options = known.map((option) => `\`${option}\``).join(', ');
    const list = known.length > 0 ? ` Есть такие: ${options}.` : ' У этой команды нет параметров.';
    return `Неизвестный параметр \`--${name}\`.${meant(guesses) || list}`;
  },
};

export const admission: AdmissionWords = {
  doubts: {
    guest: 'Гости не могут здесь ничего запускать, менять или одобрять',
    bot: 'Ботам эти команды недоступны',
    external: 'Людям из других организаций эти команды недоступны',
    external_channel: 'Этот канал общий с другой организацией, поэтому запускать и одобрять в нём ничего нельзя',
    anonymous: 'Telegram не сообщает, кто вы, пока вы пишете от имени группы: отключите анонимность или нажмите кнопку',
    deactivated: 'Эта учётная запись отключена',
    unreachable: 'Не удалось проверить, кто вы: платформа не отвечает',
  },
  nothingDone: (why) => `${why}. Ничего не сделано.`,
  tooMany: (commands, seconds) =>
    `Вы отправили больше ${commands} команд за минуту. Эта не выполнена; продолжите через ${seconds} с.`,
  staleCard:
    'Это старая копия карточки, её кнопки больше не действуют. Ничего не изменилось; пользуйтесь живой карточкой или наберите команду.',
  unknownPerson: (platform, user) =>
    `Бот вас здесь не знает, поэтому ничего не сделано. Добавить вас может тот, кто ведёт его конфигурацию: \`people\`, \`${platform}: ${user}\`.`,
};

export const help: HelpWords = {
  title: 'Что понимает бот',
  line: (usage, summary) => `${usage} — ${summary}`,
  footer: '`/recover help COMMAND` объяснит одну команду с примером.',
  example: (line) => `Пример: ${line}`,
};

const ABILITIES: Readonly<Record<Role, string>> = {
  viewer: 'смотреть всё',
  responder: 'запускать, отменять, повторять и откатывать восстановления',
  approver: 'одобрять планы, которые запросили не вы',
  lead: 'давать второе одобрение самым рискованным планам',
  admin: 'менять политики и токены',
  bootstrap: 'начать аварийное восстановление, пока недоступна собственная база бота',
};

export const whoami: WhoamiWords = {
  youAre: (name, platform) => `Вы: ${name}, платформа ${platform}.`,
  noRole: 'Роли у вас нет: можно только смотреть.',
  role: (role) => `${role}: вам можно ${ABILITIES[role]}`,
};
