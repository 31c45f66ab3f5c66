import { ANN, FORUM, GROUP, LEE, MAX } from './scene.js';
import type { TelegramServer } from './server.js';
import { BOT, type Message } from './world.js';

/** People by the name under which they act at the keyboard of `npm run dev:telegram`. */
const PEOPLE: Readonly<Record<string, number>> = { ann: ANN, lee: LEE, max: MAX };
const PLACES: Readonly<Record<string, number>> = { group: GROUP, forum: FORUM };

export const USAGE = [
  'ann: /recover redis          Ann types in the group (also lee, max)',
  'ann@forum: /status           in the forum; ann@me: /help in her private chat with the bot',
  'lee press 12 Approve         Lee presses a button of message 12 in the group (lee@me press 3 Details)',
  'max start                    Max presses Start in the private chat',
  'outage on | outage off       Telegram is away, and back',
  'upgrade                      the group becomes a supergroup of another number',
].join('\n');

interface Act {
  words: RegExp;
  run(server: TelegramServer, words: string[]): void;
}

const ACTS: readonly Act[] = [
  {
    words: /^(\w+)(?:@(\w+))?: (.+)$/,
    run: ({ people }, [who = '', where, text = '']) => void people.type(person(who), place(who, where), text),
  },
  {
    words: /^(\w+)(?:@(\w+))? press (\d+) (.+)$/,
    run: ({ people }, [who = '', where, id, label = '']) =>
      void people.press(person(who), place(who, where), Number(id), label),
  },
  { words: /^(\w+) start$/, run: ({ people }, [who = '']) => people.start(person(who)) },
  { words: /^outage (on|off)$/, run: ({ faults }, [word]) => void Object.assign(faults, { outage: word === 'on' }) },
  { words: /^upgrade$/, run: (server) => server.upgrade(GROUP, GROUP - 1_000_000) },
];

/** Does what a line says. Answers what was wrong with it. */
export function act(server: TelegramServer, line: string): string | undefined {
  for (const { words, run } of ACTS) {
    const found = words.exec(line.trim());
    if (!found) continue;
    try {
      run(server, found.slice(1));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return USAGE;
}

/** A message as it looks in a client. */
export function shown(chat: string, { id, from, text, buttons, replyTo, topic }: Message): string {
  const where = topic === undefined ? (replyTo === undefined ? '' : ` answers ${replyTo}`) : ` topic ${topic}`;
  const rows = buttons.map((row) => row.map((button) => `[${button.text}]`).join(' '));
  const author = from === BOT.id ? BOT.first_name : (Object.keys(PEOPLE).find((name) => PEOPLE[name] === from) ?? from);
  return [`${chat} #${id}${where} ${author}`, ...[...text.split('\n'), ...rows].map((row) => `  │ ${row}`)].join('\n');
}

function person(name: string): number {
  const id = PEOPLE[name.toLowerCase()];
  if (id === undefined) throw new Error(`There is no ${name}; there are ${Object.keys(PEOPLE).join(', ')}`);
  return id;
}

function place(who: string, name = 'group'): number {
  return name === 'me' ? person(who) : (PLACES[name] ?? GROUP);
}
