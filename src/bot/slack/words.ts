import type { Language } from '../port.js';

/** What is so, without its full stop, and what a person can do about it. */
export interface Told {
  what: string;
  mend: string;
}

/** The adapter's own words: all else comes with the cards. Buttons and titles of forms have at most 24 characters. */
export interface Words {
  loading: string;
  formTitle: string;
  submit: string;
  close: string;
  service: string;
  plan: string;
  bestPlan: string;
  runbooks: string;
  strategies: string;
  dryRun: string;
  dryRunHint: string;
  reason: string;
  noServices: string;
  chooseService: string;
  notThere(name: string): string;
  needed(name: string): string;
  notA(name: string, type: string): string;
  tooLong: string;
  formFailed: string;
  mayNotLook: string;
  homeEmpty: string;
  homeFailed: string;
  back: string;
  moreLines(count: number): string;
  moreSteps(count: number): string;
  allInFile: string;
  /** For `help`. `bot` is what the app is called in the workspace. */
  howToType(bot: string): string;
  /** What someone must give the app, and how. `bot` is what it is called in the workspace. */
  lacks: {
    scopes(scopes: readonly string[]): Told;
    notMember(channel: string, bot: string): Told;
    noChannel(channel: string, bot: string): Told;
    archived(channel: string): Told;
  };
}

export const WORDS: Record<Language, Words> = {
  en: {
    loading: 'Loading what can be recovered…',
    formTitle: 'Recover',
    submit: 'Go on',
    close: 'Close',
    service: 'Service',
    plan: 'Plan',
    bestPlan: 'The best plan, by what worked before',
    runbooks: 'Runbooks',
    strategies: 'Strategies',
    dryRun: 'Dry run',
    dryRunHint: 'Show every effect, touch nothing',
    reason: 'Reason',
    noServices: 'There is no service in the configuration yet.',
    chooseService: 'Choose a service.',
    notThere: (name) => `${name} is no longer there. Choose again.`,
    needed: (name) => `${name} is needed.`,
    notA: (name, type) => `${name} must be a ${type}.`,
    tooLong: 'All answers together are too long. Shorten this one.',
    formFailed: 'The form could not be opened, and nothing was done. Type `/recover SERVICE`, or `/recover list`.',
    mayNotLook: 'Slack does not vouch for you here, so nothing is shown.',
    homeEmpty: 'Nothing is known yet.',
    homeFailed: 'The state cannot be shown now. Open this page again in a minute.',
    back: 'Back',
    moreLines: (count) => `… and ${count} more ${count === 1 ? 'line' : 'lines'}`,
    moreSteps: (count) => `… and ${count} more ${count === 1 ? 'step' : 'steps'}`,
    allInFile: 'All of it is in the file.',
    howToType: (bot) => `In threads, where Slack allows no commands, mention it: \`@${bot} status\`.`,
    lacks: {
      scopes: (scopes) => ({
        what: `The app lacks the ${scopes.length === 1 ? 'scope' : 'scopes'} ${scopes.join(', ')}`,
        mend: 'Update it with the manifest in deploy/slack, and install it again.',
      }),
      notMember: (channel, bot) => ({
        what: `The app is not in the incidents channel ${channel} and can post nothing there`,
        mend: `Type \`/invite @${bot}\` in it.`,
      }),
      noChannel: (channel, bot) => ({
        what: `The incidents channel ${channel} is not there, or it is private and the app is not in it`,
        mend: `Type \`/invite @${bot}\` in it, or correct the configuration (channels, incidents, slack).`,
      }),
      archived: (channel) => ({
        what: `The incidents channel ${channel} is archived`,
        mend: 'Name another one in the configuration (channels, incidents, slack).',
      }),
    },
  },
  ru: {
    loading: 'Загружаю, что можно восстановить…',
    formTitle: 'Восстановление',
    submit: 'Дальше',
    close: 'Закрыть',
    service: 'Сервис',
    plan: 'План',
    bestPlan: 'Лучший план по прошлому опыту',
    runbooks: 'Ранбуки',
    strategies: 'Стратегии',
    dryRun: 'Пробный прогон',
    dryRunHint: 'Показать все действия, ничего не трогая',
    reason: 'Причина',
    noServices: 'В конфигурации пока нет сервисов.',
    chooseService: 'Выберите сервис.',
    notThere: (name) => `${name} больше нет. Выберите заново.`,
    needed: (name) => `Нужно указать: ${name}.`,
    notA: (name, type) => `${name}: нужно значение типа ${type}.`,
    tooLong: 'Ответы вместе слишком длинные. Сократите этот.',
    formFailed: 'Форму открыть не удалось, ничего не сделано. Наберите `/recover СЕРВИС` или `/recover list`.',
    mayNotLook: 'Slack за вас здесь не ручается, поэтому ничего не показано.',
    homeEmpty: 'Пока ничего не известно.',
    homeFailed: 'Сейчас состояние показать нельзя. Откройте эту страницу через минуту.',
    back: 'Назад',
    moreLines: (count) => `… и ещё строк: ${count}`,
    moreSteps: (count) => `… и ещё шагов: ${count}`,
    allInFile: 'Всё целиком — в файле.',
    howToType: (bot) => `В тредах, где Slack команд не допускает, обратитесь к боту: \`@${bot} status\`.`,
    lacks: {
      scopes: (scopes) => ({
        what: `Приложению не хватает прав: ${scopes.map((scope) => `\`${scope}\``).join(', ')}`,
        mend: 'Обновите его по манифесту из `deploy/slack` и установите заново.',
      }),
      notMember: (channel, bot) => ({
        what: `Приложения нет в канале инцидентов ${channel}, писать туда оно не может`,
        mend: `Наберите там \`/invite @${bot}\`.`,
      }),
      noChannel: (channel, bot) => ({
        what: `Канала инцидентов ${channel} нет, или он закрытый и приложения в нём нет`,
        mend: `Наберите там \`/invite @${bot}\` или исправьте конфигурацию (\`channels\`, \`incidents\`, \`slack\`).`,
      }),
      archived: (channel) => ({
        what: `Канал инцидентов ${channel} в архиве`,
        mend: 'Укажите в конфигурации другой (`channels`, `incidents`, `slack`).',
      }),
    },
  },
};
