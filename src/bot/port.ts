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

/** Something that a person did on a platform. */
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
}

/** Answers to one `ChatInput`. */
export interface Reply {
  /** Only that person sees it. */
  privately(card: Card): Promise<void>;
}

export type OnInput = (input: ChatInput, reply: Reply) => Promise<void>;

/** A permanent failure: the message is gone or may not be edited, and must be posted anew. */
export class ViewLost extends Error {}

/** The platform asks to wait. */
export class RateLimited extends Error {
  constructor(readonly retryAfterMs: number) {
    super(`rate limited for ${retryAfterMs} ms`);
  }
}

/** A chat platform. Adding one touches one folder. Every call has its own timeout and may be repeated. */
export interface ChatPlatform {
  readonly name: string;
  /** Milliseconds between two edits of one message. */
  readonly editIntervalMs: number;
  start(onInput: OnInput): Promise<void>;
  stop(): Promise<void>;
  /** `key` is stable over retries: the same key never makes two messages where the platform can tell. */
  post(channel: string, card: Card, options: { thread?: MessageRef; key: string }): Promise<MessageRef>;
  edit(message: MessageRef, card: Card): Promise<void>;
  healthy(): { ok: boolean; detail: string };
}
