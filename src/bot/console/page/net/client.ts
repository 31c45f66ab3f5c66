import type { Catalog } from '../model/catalog.js';
import type { Card, Message, PrivateReply } from '../model/message.js';
import type { Channel, Person } from '../model/state.js';
import { readCatalog } from './catalog.js';
import { listOf, numberOf, textOf, textsOf } from './read.js';
import { readCard, readMessage, readReply } from './wire.js';

/** Why the server did not do what was asked: `status` 0 when it did not answer. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly reason: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

export interface Taken {
  replies: PrivateReply[];
  /** How a command is shown in its channel. */
  message: string | null;
}

/** What the page asks of its server. Everything rejects with `Refused`. */
export interface Client {
  me(): Promise<Person>;
  channels(): Promise<Channel[]>;
  messages(channel: string, thread: string | null): Promise<{ messages: Message[]; version: number }>;
  home(channel: string): Promise<Card[]>;
  completions(channel: string): Promise<Catalog>;
  post(path: 'commands' | 'clicks' | 'forms', body: object): Promise<Taken>;
  /** Whether anybody answers; asks for nothing else. */
  reachable(): Promise<boolean>;
  /** The files of the page that the server has now; undefined when it cannot be told. */
  pageVersion(): Promise<string | undefined>;
}

const TIMEOUT_MS = 15_000;
const PROBE_MS = 5_000;
const SHOWN = 100;

/** `onTime`: what the server's clock says, whenever it answers. */
export function createClient(token: string, onTime: (serverTime: number) => void): Client {
  async function ask(path: string, body?: object): Promise<unknown> {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`/console/api/${path}`, {
      ...sent,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(unreachable);
    onTime(Date.parse(response.headers.get('date') ?? ''));
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    throw new Refused(response.status, textOf(answer, 'reason'), textOf(answer, 'detail') ?? `HTTP ${response.status}`);
  }
  const at = (channel: string) => `channels/${encodeURIComponent(channel)}`;

  return {
    async me() {
      const answer = await ask('me');
      return { name: textOf(answer, 'name') ?? '', roles: textsOf(answer, 'roles') };
    },
    async channels() {
      return listOf(await ask('channels'), 'items', readChannel);
    },
    async messages(channel, thread) {
      const below = thread === null ? '' : `&thread=${encodeURIComponent(thread)}`;
      const answer = await ask(`${at(channel)}/messages?limit=${SHOWN}${below}`);
      return { messages: listOf(answer, 'items', readMessage), version: numberOf(answer, 'version') ?? 0 };
    },
    home: async (channel) => listOf(await ask(`${at(channel)}/home`), 'cards', readCard),
    completions: async (channel) => readCatalog(await ask(`${at(channel)}/completions`)),
    async post(path, body) {
      const answer = await ask(path, body);
      return { replies: listOf(answer, 'replies', readReply), message: textOf(answer, 'message') ?? null };
    },
    reachable: () =>
      fetch('/healthz', { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PROBE_MS) }).then(
        ({ ok }) => ok,
        () => false,
      ),
    pageVersion: () =>
      fetch('/console', { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PROBE_MS) }).then(
        async (response) => /\/console\/page\/(\w+)\/main\.js/.exec(await response.text())?.[1],
        () => undefined,
      ),
  };
}

function readChannel(raw: unknown): Channel | undefined {
  const name = textOf(raw, 'name');
  return name === undefined ? undefined : { name, language: textOf(raw, 'language') === 'ru' ? 'ru' : 'en' };
}

function unreachable(): never {
  throw new Refused(0, undefined, 'no answer');
}
