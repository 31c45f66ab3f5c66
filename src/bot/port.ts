import type { Role } from '../engine/model/person.js';
import type { Origin } from '../engine/model/recovery.js';

/** State of what a card shows; each platform has its own sign for it, always with the state's word beside it. */
export type Tone = 'firing' | 'attention' | 'waiting' | 'running' | 'good' | 'failed' | 'neutral' | 'dry_run';

/** A button is a command line with an origin: a click and a typed command take one path. */
export interface Button {
  /** One of the fixed labels, such as Approve, or one with its object: `Retry step 3`. */
  label: string;
  /** What a person would type after `/recover `, such as `approve R-12 7f3a91c2`. */
  command: string;
  style?: 'primary' | 'danger';
  /** Asked before a destructive click; courtesy, never a control. */
  confirm?: string;
}

export interface CardStep {
  /** The step's number in the plan; absent for what is no step of the plan, such as an undo. */
  number?: number;
  icon: 'pending' | 'gate' | 'running' | 'done' | 'failed' | 'skipped' | 'unknown' | 'undone' | 'cancelled';
  text: string;
  /** Right column: duration, result. */
  note?: string;
}

/**
 * What people see, without any platform's syntax: all text is plain and is escaped by the adapter. Adapters render it
 * by pure functions.
 */
export interface Card {
  tone: Tone;
  /** One line: what is true now. */
  title: string;
  lines: string[];
  /** Whose words these are, when they are not Reviver's: a person's command, shown in the channel. */
  author?: string;
  steps?: CardStep[];
  /** After the steps: what happens next, digest, expiry. */
  footer?: string[];
  buttons: Button[];
}

/** A message on a platform: opaque outside its adapter, and stored as it is. */
export interface MessageRef {
  platform: string;
  channel: string;
  message: string;
}

/** Something that a person did on a platform. Plain JSON: it is stored before it is handled. */
export interface ChatInput {
  /** Unique for this act on this platform: what intake is deduplicated by. */
  id: string;
  origin: Origin & { channel: string };
  /** The platform's id of the person; never a display name. */
  user: string;
  /** What the login grants, when it is less than the person has: only roles in both count. */
  roles?: readonly Role[];
  /** Command line without the leading `/recover`. */
  text: string;
  /** The message whose button was pressed. */
  clicked?: MessageRef;
  /** What else the platform said of this act, for `standing` and for the audit: team, `retry_num`. Never a secret. */
  facts?: Readonly<Record<string, string | number | boolean>>;
}

/** Why a platform does not vouch for someone. `unreachable`: it could not be asked, so nothing may be changed. */
export type Doubt = 'guest' | 'bot' | 'external' | 'external_channel' | 'anonymous' | 'deactivated' | 'unreachable';

/** Whether the platform vouches for who did something, and in which of its groups they are. */
export type Standing = { sound: true; groups: readonly string[] } | { sound: false; doubt: Doubt };

/** Languages that Reviver speaks. */
export type Language = 'en' | 'ru';

/** A parameter of a runbook, for a form. */
export interface FormParameter {
  name: string;
  type: string;
  /** Filled in beforehand. */
  default?: string;
}

/** What a form of `/recover` offers. */
export interface FormChoices {
  services: { name: string; runbooks: string[]; strategies: string[] }[];
  /** By runbook. */
  parameters: Readonly<Record<string, readonly FormParameter[]>>;
}

export interface Accepted {
  /** False: it was taken before, and nothing more will come of it. */
  fresh: boolean;
  /** When everything was done with it, its replies included. Never rejects. */
  handled: Promise<void>;
}

/** How soon a platform has its answer; for the metrics. */
export interface AckTiming {
  /** Once for each delivery that was answered. */
  answered(tookMs: number): void;
  /** It is still not answered, and the platform's patience is nearly over. Told also of one that never will be. */
  late(): void;
}

/** The bot's side of the port: what a platform hands over and may ask. Nothing of it throws. */
export interface Desk {
  /**
   * Takes an input. Resolves as soon as it is stored, so that the platform may be told: what happens with it comes
   * after. While the database is away it is kept in memory alone.
   */
  accept(input: ChatInput): Promise<Accepted>;
  /** For the form of `/recover` alone; from memory, at once. */
  choices(): FormChoices;
  /** For a page of one's own, such as Slack's App Home: services, what waits for people, what runs. */
  home(language: Language): Promise<Card[]>;
  /** What people of this channel read. */
  language(channel: string): Language;
  timing?: AckTiming;
  /** A click that the platform itself refuses, such as one with forged data: for the audit. Nothing is done with it. */
  refused?(input: ChatInput, reason: string): void;
}

/** A permanent failure: the message is gone or may not be edited, and must be posted anew. */
export class ViewLost extends Error {}

/** The platform, or our budget for it, asks to wait: with this channel, or with all of it. */
export class RateLimited extends Error {
  constructor(
    readonly retryAfterMs: number,
    readonly scope: 'channel' | 'platform' = 'channel',
  ) {
    super(`rate limited for ${retryAfterMs} ms`);
  }
}

/** 0: people are needed. 1: an end. 2: progress, which may wait and must leave room for the others. */
export type Urgency = 0 | 1 | 2;

export interface PostOptions {
  thread?: MessageRef;
  /** Stable over retries: the same key never makes two messages where the platform can tell. */
  key: string;
  urgency: Urgency;
  /** Who shall notice: ids of this platform, with the names to show. Absent: nobody is disturbed. */
  mention?: readonly { id: string; name: string; kind: 'person' | 'group' }[];
}

/** A chat platform. Adding one touches one folder. Every call has its own timeout and may be repeated. */
export interface ChatPlatform {
  readonly name: string;
  /** Milliseconds between two edits of one message. */
  readonly editIntervalMs: number;
  /** Resolves when it listens or goes on trying to; throws only for what trying cannot mend, such as a bad token's form. */
  start(desk: Desk): Promise<void>;
  stop(): Promise<void>;
  post(channel: string, card: Card, options: PostOptions): Promise<MessageRef>;
  edit(message: MessageRef, card: Card, urgency: Urgency): Promise<void>;
  /** Answers an input; only that person sees it. */
  reply(input: ChatInput, card: Card): Promise<void>;
  /** Looked up when an input is handled, after the platform has its answer. Absent: whoever gets in is sound. */
  standing?(input: ChatInput): Promise<Standing>;
  /** How commands are typed where the platform has its own ways; for `help`. undefined: not known yet. */
  howToType?(language: Language): string | undefined;
  /**
   * What someone must mend there although it hears and speaks, such as a channel without the app: whole sentences, each
   * with the remedy. For `doctor`, within seconds. Never rejects.
   */
  troubles?(language: Language): Promise<string[]>;
  /** Red while it cannot hear or speak: `detail` says since when and why. */
  healthy(): { ok: boolean; detail: string };
}

/**
 * What a platform must remember over restarts: ids of posts, moved chats, long commands behind short buttons. Keys with a
 * colon are forgotten after 90 days, except `moved:...` and `was:...`.
 */
export interface PlatformMemory {
  recall(key: string): Promise<string | undefined>;
  /** The last write wins. */
  remember(key: string, value: string): Promise<void>;
}
