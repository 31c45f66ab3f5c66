import { randomUUID } from 'node:crypto';
import type { Engine } from '../../engine/engine.js';
import { NotFound, UserError } from '../../engine/model/errors.js';
import type { Principal } from '../../engine/model/person.js';
import { ACTIVE_STATES } from '../../engine/model/recovery.js';
import { refusalCard } from '../cards/notice-card.js';
import { oneLine } from '../cards/words.js';
import { COMMANDS } from '../commands/table.js';
import { type FormAnswers, formCommand } from '../form-choices.js';
import type { Card, ChatInput, Language } from '../port.js';
import { type Completions, completionsOf } from './completions.js';
import type { Feed } from './feed.js';
import {
  type ConsoleEvent,
  type ConsoleMessageJson,
  type ConsoleStore,
  messageJson,
  type PrivateReplyJson,
} from './message.js';
import { CONSOLE, type ConsolePlatform } from './platform.js';
import { STALE } from './words.js';

/** What became of a command: `message` is how it is shown in the channel; absent while the database is gone. */
export interface SaidJson {
  replies: PrivateReplyJson[];
  message?: string;
}

/** What can be asked of the console, whatever carries it. `who` comes from a bearer token with a person. */
export interface ConsoleDoors {
  me(who: Principal): { name: string; user: string; roles: readonly string[]; channels: readonly string[] };
  channels(): { items: { name: string; language: Language }[] };
  /** `version`: from where a stream continues without a gap. */
  messages(
    channel: string,
    options: { thread?: string; limit: number },
  ): Promise<{ items: ConsoleMessageJson[]; version: number }>;
  command(who: Principal, body: { channel: string; text: string; thread?: string; id?: string }): Promise<SaidJson>;
  click(
    who: Principal,
    body: { message: string; command: string; id?: string },
  ): Promise<{ replies: PrivateReplyJson[] }>;
  /** The form of `/recover`, filled in: said in the channel as the command that it stands for. */
  form(who: Principal, body: { channel: string; answers: FormAnswers; id?: string }): Promise<SaidJson>;
  /** What can be typed in a channel; while the database is away, without what is under way. */
  completions(channel: string): Promise<Completions>;
  /** How things are, what waits for people and what runs, in the channel's language. */
  home(channel: string): Promise<{ cards: Card[] }>;
  stream(
    who: Principal,
    since: number | undefined,
    send: (event: ConsoleEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface ConsoleDoorsOptions {
  platform: ConsolePlatform;
  store: ConsoleStore;
  feed: Feed;
  engine: Pick<Engine, 'people' | 'refused' | 'list'>;
  channels: readonly string[];
  /** Replies that come later go over the stream alone; default 10 s. */
  replyWithinMs?: number;
}

export function createConsoleDoors(options: ConsoleDoorsOptions): ConsoleDoors {
  const { store, feed, engine, channels } = options;
  const userOf = (who: Principal) => consoleUser(who, engine);
  const handle = createHandle(options);
  const languageOf = (channel: string) => options.platform.desk().language(channel);
  const doors: ConsoleDoors = {
    me: (who) => ({ name: who.name, user: userOf(who), roles: who.roles, channels }),
    channels: () => ({ items: channels.map((name) => ({ name, language: languageOf(name) })) }),
    async messages(channel, { thread, limit }) {
      const version = await store.version();
      const items = await store.list(known(channel, channels), thread ?? null, limit);
      return { items: items.map(messageJson), version };
    },
    async command(who, { channel, text, thread, id = randomUUID() }) {
      const user = userOf(who);
      const origin = {
        platform: CONSOLE,
        channel: known(channel, channels),
        ...(thread === undefined ? {} : { thread }),
      };
      const line = withoutPrefix(text);
      const key = `input:${user}:${id}`;
      const author = who.name;
      // While the database is gone, a command is still carried out; it is only not shown.
      const said = await store
        .insert({ channel, thread: thread ?? null, author, card: echo(line, author), key })
        .catch(unshown);
      if (!said) throw new NotFound('message', oneLine(thread ?? '', 60));
      feed.changed();
      const answer = await handle({ id: `${user}:${id}`, origin, user, roles: who.roles, text: line });
      return said === 'unshown' ? answer : { ...answer, message: said.id };
    },
    async click(who, { message: id, command, id: inputId = randomUUID() }) {
      const user = userOf(who);
      const message = await store.get(id);
      if (!message?.card.buttons.some((button) => button.command === command)) {
        await engine.refused('chat.stale_click', who.name, { message: id, command: oneLine(command, 100) });
        const { changed, gone } = STALE[message ? languageOf(message.channel) : 'en'];
        return { replies: [feed.privately(user, refusalCard(message ? changed : gone))] };
      }
      const { channel, thread } = message;
      const origin = { platform: CONSOLE, channel, ...(thread === null ? {} : { thread }) };
      const clicked = { platform: CONSOLE, channel, message: id };
      return handle({ id: `${user}:${inputId}`, origin, user, roles: who.roles, text: command, clicked });
    },
    form: (who, { answers, ...body }) => doors.command(who, { ...body, text: formCommand(answers) }),
    async completions(channel) {
      const language = languageOf(known(channel, channels));
      const active = await engine.list({ states: [...ACTIVE_STATES], limit: COMPLETED_RECOVERIES }).catch(() => []);
      return completionsOf(COMMANDS, options.platform.desk().choices(), active, language);
    },
    async home(channel) {
      const language = languageOf(known(channel, channels));
      return { cards: await options.platform.desk().home(language) };
    },
    stream: (who, since, send, signal) => feed.listen(userOf(who), since, send, signal),
  };
  return doors;
}

const COMPLETED_RECOVERIES = 20;

/** Gives the input to the bot, and its replies back inline; what takes too long arrives over the stream. */
function createHandle({ platform, replyWithinMs = 10_000 }: ConsoleDoorsOptions) {
  return async (input: ChatInput): Promise<{ replies: PrivateReplyJson[] }> => ({
    replies: await platform.ask(input, replyWithinMs),
  });
}

function consoleUser(who: Principal, engine: Pick<Engine, 'people'>): string {
  const person = who.human ? engine.people().find((candidate) => candidate.name === who.name) : undefined;
  const user = person?.ids[CONSOLE];
  if (user !== undefined) return user;
  const mend = person
    ? `give ${who.name} a console id in the configuration (people, console: NAME)`
    : 'use a token that was made with --person';
  throw new UserError('forbidden', `The console is for people: ${mend}.`);
}

function known(channel: string, channels: readonly string[]): string {
  if (channels.includes(channel)) return channel;
  throw new NotFound('channel', oneLine(channel, 60), channels[0]);
}

/** People may type the command as they would elsewhere: `/recover redis`, `/help`. */
export function withoutPrefix(text: string): string {
  return text
    .trim()
    .replace(/^\/(?:recover(?=\s|$))?/iu, '')
    .trim();
}

/** What a person typed, seen by all. */
function echo(line: string, author: string): Card {
  return { tone: 'neutral', title: oneLine(`/recover ${line}`, 500), lines: [], buttons: [], author };
}

function unshown(): 'unshown' {
  return 'unshown';
}
