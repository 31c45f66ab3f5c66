import type { Language } from '../port.js';

/** What the adapter itself says; everything else comes as a card. */
export interface Words {
  menu: { recover: string; help: string; status: string };
  /** Below 200 characters each: they are shown as an alert. */
  buttonUnknown: string;
  memoryAway: string;
  noMessage: string;
  clickTooOld: string;
  inPrivate: string;
  /** `question`: what a button asks before it does something that cannot be taken back. */
  pressAgain(question: string): string;
  cannotWrite(bot: string): string;
  /** After the part of a reply that fits into an alert. */
  startForAll(bot: string): string;
  commandTooOld(text: string, minutes: number): string;
  hint(bot: string): string;
  /** For `help`. */
  howToType(bot: string): string;
  /** Before the names of those who shall notice. */
  calls: string;
  more(lines: number): string;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    menu: {
      recover: 'bring a service back; alone: choose one',
      help: 'what Reviver understands',
      status: 'how services and recoveries are',
    },
    buttonUnknown: 'This button is from an older version. Nothing was done. Use the newest card, or type the command.',
    memoryAway:
      'What this button means cannot be looked up: the database does not answer. Nothing was done. Type the command.',
    noMessage:
      'Telegram does not say which message this button is on. Nothing was done. Use the live card, or type the command.',
    clickTooOld:
      'Reviver was away when you pressed this, some minutes ago. Nothing was done. Press again if it still holds.',
    inPrivate: 'The answer is in your private chat with me.',
    pressAgain: (question) => `${question} Press the same button again if you mean it.`,
    cannotWrite: (bot) =>
      `I may not write to you, and the answer is for you alone. Open a chat with @${bot}, press Start, and ask again.`,
    startForAll: (bot) => `For all of it press Start at @${bot}.`,
    commandTooOld: (text, minutes) =>
      `Reviver was away when you wrote "${text}" ${minutes} min ago. Nothing was done with it; write it again if it still holds.`,
    hint: (bot) => `Write /recover SERVICE, /status or /help. In groups with other bots: /recover@${bot} SERVICE.`,
    howToType: (bot) => `In groups with several bots, name this one: \`/recover@${bot} SERVICE\`, \`/help@${bot}\`.`,
    calls: 'For',
    more: (lines) => `… ${lines} more lines`,
  },
  ru: {
    menu: {
      recover: 'восстановить сервис; без слов: выбрать',
      help: 'что понимает Reviver',
      status: 'как сервисы и восстановления',
    },
    buttonUnknown: 'Эта кнопка от старой версии. Ничего не сделано. Возьмите новую карточку или наберите команду.',
    memoryAway: 'Что значит эта кнопка, не узнать: база данных не отвечает. Ничего не сделано. Наберите команду.',
    noMessage:
      'Telegram не говорит, на каком сообщении эта кнопка. Ничего не сделано. Возьмите живую карточку или наберите команду.',
    clickTooOld:
      'Reviver был недоступен, когда вы нажали, несколько минут назад. Ничего не сделано. Нажмите снова, если это ещё нужно.',
    inPrivate: 'Ответ в вашем личном чате со мной.',
    pressAgain: (question) => `${question} Если да, нажмите эту кнопку ещё раз.`,
    cannotWrite: (bot) =>
      `Я не могу вам написать, а ответ только для вас. Откройте чат с @${bot}, нажмите Start и спросите снова.`,
    startForAll: (bot) => `Целиком: нажмите Start у @${bot}.`,
    commandTooOld: (text, minutes) =>
      `Reviver был недоступен, когда вы написали «${text}» ${minutes} мин назад. Ничего не сделано; напишите снова, если это ещё нужно.`,
    hint: (bot) => `Напишите /recover СЕРВИС, /status или /help. В группах с другими ботами: /recover@${bot} СЕРВИС.`,
    howToType: (bot) => `В группах с несколькими ботами назовите этого: \`/recover@${bot} СЕРВИС\`, \`/help@${bot}\`.`,
    calls: 'Для',
    more: (lines) => `… ещё строк: ${lines}`,
  },
};
