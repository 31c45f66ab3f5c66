import { randomBytes } from 'node:crypto';
import type { Block, HomePayload, ModalPayload } from './blocks.js';
import { decode, type Names, showBlocks } from './markup.js';

export interface SlackPerson {
  id: string;
  name: string;
  team: string;
  deleted: boolean;
  bot: boolean;
  guest: boolean;
  stranger: boolean;
  enterprise?: string;
}

export interface SlackChannel {
  id: string;
  name: string;
  private: boolean;
  archived: boolean;
  members: Set<string>;
  extShared: boolean;
  orgShared: boolean;
  /** The two of a direct message. */
  direct?: string;
}

export interface SlackGroup {
  id: string;
  handle: string;
  users: string[];
}

export interface SlackMessage {
  channel: string;
  ts: string;
  user: string;
  byApp: boolean;
  text: string;
  blocks: Block[];
  thread?: string;
  metadata?: unknown;
  deleted: boolean;
  /** Milliseconds of the post and of each edit. */
  at: number[];
  /** Ids of whom it disturbed when it was posted. */
  notified: string[];
}

export interface PrivateMessage {
  channel: string;
  user: string;
  ts: string;
  text: string;
  blocks: Block[];
  thread?: string;
}

export interface OpenView {
  id: string;
  hash: string;
  user: string;
  payload: ModalPayload;
  /** What was chosen and typed, by block and action. */
  values: Map<string, object>;
}

export const TEAM = 'T0TEAM';
export const APP = 'A0REVIVER';
export const BOT_USER = 'U0REVIVER';
export const BOT = 'B0REVIVER';

/** One workspace in memory: who and what is there, and what was said. */
export interface Workspace {
  team: { id: string; enterprise?: string };
  people: Map<string, SlackPerson>;
  channels: Map<string, SlackChannel>;
  groups: Map<string, SlackGroup>;
  messages: SlackMessage[];
  whispers: PrivateMessage[];
  modals: Map<string, OpenView>;
  homes: Map<string, { payload: HomePayload; hash: string; published: number }>;
  files: { channel: string; thread?: string; name: string; content: string }[];
  names: Names;
  join(person: Partial<SlackPerson> & { id: string }): SlackPerson;
  open(channel: Partial<Omit<SlackChannel, 'members'>> & { id: string; members?: string[] }): SlackChannel;
  /** The direct conversation of the app with someone. */
  directOf(user: string): SlackChannel;
  nextTs(): string;
  find(channel: string, ts: string): SlackMessage | undefined;
  shown(message: Pick<SlackMessage, 'text' | 'blocks'>): { text: string; notified: string[] };
}

export function createWorkspace(): Workspace {
  const people = new Map<string, SlackPerson>();
  const channels = new Map<string, SlackChannel>();
  const groups = new Map<string, SlackGroup>();
  const messages: SlackMessage[] = [];
  const names: Names = { user: (id) => people.get(id)?.name, group: (id) => groups.get(id)?.handle };
  let ticks = 0;
  const workspace: Workspace = {
    team: { id: TEAM },
    people,
    channels,
    groups,
    messages,
    whispers: [],
    modals: new Map(),
    homes: new Map(),
    files: [],
    names,
    join(given) {
      const nobody = { name: given.id, team: TEAM, deleted: false, bot: false, guest: false, stranger: false };
      const person = { ...nobody, ...given };
      people.set(person.id, person);
      return person;
    },
    open({ members = [], ...given }) {
      const plain = {
        name: given.id.toLowerCase(),
        private: false,
        archived: false,
        extShared: false,
        orgShared: false,
      };
      const channel = { ...plain, ...given, members: new Set([BOT_USER, ...members]) };
      channels.set(channel.id, channel);
      return channel;
    },
    directOf(user) {
      const id = `D0${user.toUpperCase()}`;
      return channels.get(id) ?? workspace.open({ id, private: true, direct: user, members: [user] });
    },
    nextTs() {
      ticks += 1;
      return `${Math.floor(Date.now() / 1_000)}.${String(ticks % 1_000_000).padStart(6, '0')}`;
    },
    find: (channel, ts) =>
      messages.find((message) => message.channel === channel && message.ts === ts && !message.deleted),
    shown({ text, blocks }) {
      const plain = decode(text, names);
      if (blocks.length === 0) return plain;
      const seen = showBlocks(blocks, names);
      return { text: seen.text, notified: [...new Set([...seen.notified, ...plain.notified])] };
    },
  };
  workspace.join({ id: BOT_USER, name: 'reviver', bot: true });
  return workspace;
}

/** Slack names blocks that the app did not name. */
export function named<B extends Block>(blocks: readonly B[]): B[] {
  return blocks.map((block) => ({ ...block, block_id: block.block_id ?? randomBytes(3).toString('hex') }));
}
