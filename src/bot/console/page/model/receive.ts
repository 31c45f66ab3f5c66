import { WORDS } from '../words/language.js';
import { duration } from './durations.js';
import { type Card, inOrder, type Message, type PrivateReply } from './message.js';
import type { Change, PlacedReply, State } from './state.js';

/** A message or an edit, from wherever it came: an older version than the one that is known changes nothing. */
export function received(message: Message): Change {
  return (state) => {
    const known = state.messages.get(message.id);
    if (known && known.version >= message.version) return state;
    const messages = new Map(state.messages).set(message.id, message);
    const replies = known && known.card.tone !== message.card.tone ? withoutNotices(state, message.id) : state.replies;
    return noticed({ ...unpressed(state, message), messages, replies }, message, known);
  };
}

/** A channel or a thread as it is now; `version` is where its stream goes on. */
export function read(messages: readonly Message[], of: string): Change {
  return (state) => {
    const all = new Map(state.messages);
    for (const message of messages) {
      const known = all.get(message.id);
      if (!known || known.version < message.version) all.set(message.id, message);
    }
    const changed = messages.reduce(unpressed, state);
    return { ...changed, messages: all, loaded: new Set(state.loaded).add(of) };
  };
}

/** Everything up to this version has been seen. */
export function seenUpTo(version: number): Change {
  return (state) => (version > state.cursor ? { ...state, cursor: version } : state);
}

/** The server has less than was seen: its data is another one, so nothing that is shown is known to be true. */
export function startOver(version: number): Change {
  return (state) => ({
    ...state,
    cursor: version,
    messages: new Map(),
    loaded: new Set(),
    replies: [],
    pressed: new Map(),
  });
}

/** A private reply; the same one comes over the stream and as the answer to what was done. */
export function replied(reply: PrivateReply, place: Pick<PlacedReply, 'channel' | 'thread' | 'after'>): Change {
  return (state) => ({
    ...state,
    replies: [...state.replies.filter(({ id }) => id !== reply.id), { ...reply, ...place }],
    announcement: reply.card.title,
  });
}

/** Where a reply goes of which it is not known what it answers. */
export function lastPlace({ channel, messages }: State): Pick<PlacedReply, 'channel' | 'thread' | 'after'> {
  const last = topLevel(messages, channel).at(-1);
  return { channel, thread: null, after: last?.id ?? null };
}

/** Of a channel without answers in threads, oldest first. */
export function topLevel(messages: ReadonlyMap<string, Message>, channel: string): Message[] {
  return [...messages.values()].filter((each) => each.channel === channel && each.thread === null).sort(inOrder);
}

export function answersTo(messages: ReadonlyMap<string, Message>, thread: string): Message[] {
  return [...messages.values()].filter((each) => each.thread === thread).sort(inOrder);
}

/** What only said what came next, as `R-1 starts as soon as a worker is free`, is over when that has come. */
function withoutNotices({ replies }: State, message: string): readonly PlacedReply[] {
  const isNotice = ({ tone, lines, steps, buttons }: Card) =>
    tone === 'neutral' && lines.length + steps.length + buttons.length === 0;
  return replies.filter(({ after, card }) => after !== message || !isNotice(card));
}

/** By message: how many answers in its thread are known. */
export function answerCounts(messages: ReadonlyMap<string, Message>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { thread } of messages.values()) if (thread !== null) counts.set(thread, (counts.get(thread) ?? 0) + 1);
  return counts;
}

/** The card has changed, so what was pressed on it has done its work. */
function unpressed(state: State, { id, version }: Message): State {
  const pressed = state.pressed.get(id);
  if (!pressed || pressed.version >= version) return state;
  const rest = new Map(state.pressed);
  rest.delete(id);
  return { ...state, pressed: rest };
}

function noticed(state: State, message: Message, before: Message | undefined): State {
  const news = isNews(message, before);
  const announcement = news ? `${message.author}: ${message.card.title}` : state.announcement;
  if (before || message.thread !== null) return { ...state, announcement };
  const inSight = state.view === 'channel' && message.channel === state.channel;
  if (!inSight) return { ...state, announcement, unread: counted(state.unread, message.channel) };
  return { ...state, announcement, below: state.atEnd ? 0 : state.below + 1 };
}

/** Progress is not read aloud: a new message is, and a card that is in another state. */
function isNews(message: Message, before: Message | undefined): boolean {
  if (message.thread !== null) return false;
  return !before || before.card.tone !== message.card.tone;
}

function counted(unread: ReadonlyMap<string, number>, channel: string): Map<string, number> {
  return new Map(unread).set(channel, (unread.get(channel) ?? 0) + 1);
}

/** One calm line, from a second on: shorter breaks are nothing to read about. */
export function linkLine({ link, now, language }: State): string | undefined {
  if (link.kind !== 'lost' || now - link.since < 1_000) return undefined;
  return WORDS[language].lost(duration(now - link.since, language));
}
