/**
 * What the page shows: the cards of `src/bot/port.ts` as they come over the wire, with times as milliseconds. The page is
 * built by itself and imports nothing from outside its folder; a test keeps the two the same.
 */
export const TONES = ['firing', 'attention', 'waiting', 'running', 'good', 'failed', 'neutral', 'dry_run'] as const;
export type Tone = (typeof TONES)[number];

export const STEP_ICONS = [
  'pending',
  'gate',
  'running',
  'done',
  'failed',
  'skipped',
  'unknown',
  'undone',
  'cancelled',
] as const;
export type StepIcon = (typeof STEP_ICONS)[number];

export interface Button {
  label: string;
  command: string;
  style?: 'primary' | 'danger';
  confirm?: string;
}

export interface CardStep {
  number?: number;
  icon: StepIcon;
  text: string;
  note?: string;
}

export interface Card {
  tone: Tone;
  title: string;
  lines: string[];
  author?: string;
  steps: CardStep[];
  footer: string[];
  buttons: Button[];
}

export interface Message {
  id: string;
  channel: string;
  /** The message that it answers. */
  thread: string | null;
  author: string;
  card: Card;
  /** Grows with each post and edit, over all messages. */
  version: number;
  createdAt: number;
  editedAt: number | null;
}

/** For this person alone; it is nowhere stored. */
export interface PrivateReply {
  id: string;
  card: Card;
}

export type StreamEvent = { type: 'message'; message: Message } | { type: 'private'; reply: PrivateReply };

/** Ids are numbers of up to 18 digits, which a double does not hold. */
export function inOrder(a: Message, b: Message): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id));
}
