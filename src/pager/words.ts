import type { News } from './pager.js';

/** One line a page begins with, and the lines below it. */
export interface Told {
  title: string;
  lines: string[];
}

interface Words {
  needs(service: string, reason: string): string;
  looksAfter(service: string, by: string): string;
  well(service: string, by: string | undefined): string;
  why(reason: string): string;
  recovery(name: string): string;
  since(at: string): string;
  answer(command: string): string;
  stopped: string;
  open(link: string): string;
}

const WORDS: Record<News['language'], Words> = {
  en: {
    needs: (service, reason) => `${service} needs people: ${reason}`,
    looksAfter: (service, by) => `${service}: ${by} looks after it`,
    well: (service, by) => `${service} is over${by === undefined ? '' : `, by ${by}`}`,
    why: (reason) => `Why: ${reason}`,
    recovery: (name) => `Recovery: ${name}`,
    since: (at) => `Since: ${at}`,
    answer: (command) =>
      `Answer: ${command} in chat, or the button Acknowledge there. Until then more people are called.`,
    stopped: 'Nobody else is called.',
    open: (link) => `Open: ${link}`,
  },
  ru: {
    needs: (service, reason) => `${service}: нужны люди: ${reason}`,
    looksAfter: (service, by) => `${service}: этим занимается ${by}`,
    well: (service, by) => `${service}: всё кончилось${by === undefined ? '' : `, ${by}`}`,
    why: (reason) => `Причина: ${reason}`,
    recovery: (name) => `Восстановление: ${name}`,
    since: (at) => `С: ${at}`,
    answer: (command) => `Ответьте в чате: ${command}, или кнопкой Acknowledge. До тех пор зовут других людей.`,
    stopped: 'Больше никого не зовут.',
    open: (link) => `Открыть: ${link}`,
  },
};

const LONGEST_REASON = 500;

export function wordsFor(news: News): Told {
  const words = WORDS[news.language];
  const reason = cut(oneLine(news.reason), LONGEST_REASON);
  const by = news.by === undefined ? undefined : cut(oneLine(news.by), 100);
  const title = {
    trigger: words.needs(news.service, reason),
    acknowledge: words.looksAfter(news.service, by ?? '?'),
    resolve: words.well(news.service, by),
  }[news.action];
  const facts = [
    words.why(reason),
    ...(news.recovery === undefined ? [] : [words.recovery(news.recovery)]),
    words.since(`${news.startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`),
  ];
  return {
    title: `[${news.name}] ${title}`,
    lines: [
      ...facts,
      news.action === 'trigger' ? words.answer(answerTo(news)) : words.stopped,
      ...(news.link === undefined ? [] : [words.open(news.link)]),
    ],
  };
}

/** What is typed to say that one looks after it. */
export function answerTo({ name }: Pick<News, 'name'>): string {
  return `/recover ack ${name}`;
}

/** By code point: half a character is none. */
export function cut(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

/** No control, line or direction of somebody else's text gets into a header, a subject or a message. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
}
