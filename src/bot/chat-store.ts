import type { ChatInput, MessageRef } from './port.js';

/** What chat keeps in the database. Postgres is one implementation; see src/store/chat-store.ts. */

export interface Place {
  platform: string;
  channel: string;
}

/** A message on a platform that shows a subject, such as `recovery:12` or `incident:3`, as it is now. */
export interface ChatView extends Place {
  id: number;
  subject: string;
  /** The platform's id of the message; null: not posted yet. */
  message: string | null;
  /** Grows with each repost, so that a new post has a new key. */
  generation: number;
  /** SHA-256 of the card that is shown. */
  hash: string | null;
  /** Grows with each signal of a change; the one that was seen when the view was claimed. */
  wanted: number;
  /** Id of the last event whose line is in the thread. */
  threadCursor: number;
  /** Id of the last event of a batch that may or may not have been posted. */
  threadPending: number | null;
  /** What was said once in the thread: `ping:<approval>:1`, `summary:SUCCEEDED:...`. */
  marks: string[];
  /** Failed attempts in a row. */
  failures: number;
  /** Fences the claim: only its holder may write. */
  lease: number;
}

export type ChatViewPatch = Partial<
  Pick<ChatView, 'message' | 'generation' | 'hash' | 'threadCursor' | 'threadPending' | 'marks'>
>;

/** An input that was stored, and not handled to its end. */
export interface LeftInput {
  input: ChatInput;
  /** Milliseconds since it came. */
  ageMs: number;
}

export interface ChatStore {
  /** True the first time that this input is seen, on any process; it is then left to this process for `leaseMs`. */
  takeInput(input: ChatInput, leaseMs: number): Promise<boolean>;
  /** Also one that was never stored is known from then on, and will not be taken again. */
  inputHandled(input: Pick<ChatInput, 'id' | 'origin'>): Promise<void>;
  /** Leaves inputs that are in hand to this process for `leaseMs` more; stores those that are not stored yet. */
  keepInputs(held: readonly LeftInput[], leaseMs: number): Promise<void>;
  /** Takes inputs whose process has not kept them. */
  claimInputs(platforms: readonly string[], leaseMs: number, limit: number): Promise<LeftInput[]>;
  /** Forgets inputs and keys of posts. */
  forget(olderThanMs: number): Promise<void>;
  /** Creates the views that do not exist yet; each is due at once. */
  show(subject: string, places: readonly Place[]): Promise<void>;
  /** Makes all views of the subjects due. Gives the subjects that have any. */
  touch(subjects: readonly string[]): Promise<string[]>;
  /** After a start: every view of a platform that has not ended is drawn anew. */
  touchOpen(platform: string): Promise<void>;
  viewsOf(subject: string): Promise<ChatView[]>;
  /** Takes due views of a platform for `leaseMs`; no other process gets them meanwhile. */
  claimViews(platform: string, leaseMs: number, limit: number): Promise<ChatView[]>;
  /** Writes while the claim is held. False: it was lost. */
  updateView(view: ChatView, patch: ChatViewPatch): Promise<boolean>;
  /**
   * Gives a claim back. Due again in `nextMs` (null: when it is touched), and not before `quietMs`. When the view was
   * touched meanwhile, it is due at once.
   */
  releaseView(view: ChatView, options: { nextMs: number | null; quietMs: number; failures: number }): Promise<void>;
  /** The message that was posted under a key. */
  posted(platform: string, key: string): Promise<string | undefined>;
  recordPost(platform: string, key: string, message: string): Promise<void>;
  /** Whether this message is one that shows something of ours, or was posted by us. */
  knows(message: MessageRef): Promise<boolean>;
  recall(platform: string, key: string): Promise<string | undefined>;
  remember(platform: string, key: string, value: string): Promise<void>;
  /** How far the changes of recoveries were followed; undefined before the first time. */
  cursor(): Promise<string | undefined>;
  saveCursor(cursor: string): Promise<void>;
  /** Recoveries with events behind the cursor, in commit order, so that none is passed over; `more`: ask again at once. */
  changedSince(cursor: string): Promise<{ recoveries: number[]; cursor: string; more: boolean }>;
  /** The cursor of this moment: what is committed later lies behind it. */
  cursorNow(): Promise<string>;
}

/** An effect that waits to be sent (D5). */
export interface OutboxRow<Payload = unknown> {
  id: number;
  key: string;
  kind: string;
  payload: Payload;
  /** This attempt included. */
  attempts: number;
}

export interface OutboxStore {
  /** Takes due rows of these kinds for `leaseMs`. */
  claim(kinds: readonly string[], leaseMs: number, limit: number): Promise<OutboxRow[]>;
  /** `error`: it was given up, and why. */
  done(id: number, error?: string): Promise<void>;
  retry(id: number, delayMs: number, error: string): Promise<void>;
}
