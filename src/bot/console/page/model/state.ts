import type { Language } from '../words/language.js';
import type { Act } from './act.js';
import type { Catalog } from './catalog.js';
import { type Composer, EMPTY_COMPOSER } from './composer.js';
import type { Dialog } from './dialog.js';
import type { Card, Message, PrivateReply } from './message.js';

export interface Person {
  name: string;
  roles: string[];
}

export interface Channel {
  name: string;
  language: Language;
}

/** Why there is nobody signed in; `said` are the server's own words. */
export type LoginProblem =
  | { kind: 'unknown' | 'expired' | 'malformed' | 'too_many' | 'unreachable' | 'ended' }
  | { kind: 'said'; text: string };

export type Session =
  | { kind: 'out'; problem?: LoginProblem }
  | { kind: 'entering' }
  | { kind: 'in'; person: Person; channels: Channel[] };

/** `lost`: what is shown may be old since then. */
export type Link = { kind: 'connecting' } | { kind: 'live' } | { kind: 'lost'; since: number };

/** A private reply stands in its channel, below the message that it answers, or where it arrived. */
export interface PlacedReply extends PrivateReply {
  channel: string;
  thread: string | null;
  after: string | null;
  /** Ours, not the server's: it offers to repeat what did not get through. */
  repeat?: Act;
}

/** A pressed button: shown as working until its card has changed. */
export interface Pressed {
  command: string;
  /** Of the card that was pressed. */
  version: number;
}

export type ComposerPlace = 'channel' | 'thread';

/** All that the page shows is made from this, and nothing else. */
export interface State {
  now: number;
  language: Language;
  session: Session;
  link: Link;
  view: 'channel' | 'home';
  channel: string;
  /** The message whose thread is open. */
  thread: string | null;
  menuOpen: boolean;
  messages: ReadonlyMap<string, Message>;
  /** Channels, and messages whose threads, were read whole. */
  loaded: ReadonlySet<string>;
  /** The version up to which all is known. */
  cursor: number;
  replies: readonly PlacedReply[];
  pressed: ReadonlyMap<string, Pressed>;
  unread: ReadonlyMap<string, number>;
  /** Whether the newest message of the channel is in sight, and how many came below it. */
  atEnd: boolean;
  below: number;
  home: readonly Card[] | undefined;
  catalog: Catalog;
  composers: Readonly<Record<ComposerPlace, Composer>>;
  dialog: Dialog | undefined;
  /** For screen readers: the newest thing that happened. */
  announcement: string;
  outdated: boolean;
}

/** How the state becomes another one. Pure. */
export type Change = (state: State) => State;

export function initialState(language: Language, now: number): State {
  return {
    now,
    language,
    session: { kind: 'out' },
    link: { kind: 'connecting' },
    view: 'channel',
    channel: '',
    thread: null,
    menuOpen: false,
    messages: new Map(),
    loaded: new Set(),
    cursor: 0,
    replies: [],
    pressed: new Map(),
    unread: new Map(),
    atEnd: true,
    below: 0,
    home: undefined,
    catalog: { commands: [], services: [], parameters: {}, recoveries: [] },
    composers: { channel: EMPTY_COMPOSER, thread: EMPTY_COMPOSER },
    dialog: undefined,
    announcement: '',
    outdated: false,
  };
}
