import { createHash } from 'node:crypto';
import type { Place } from '../chat-store.js';
import type { Card, Language, Urgency } from '../port.js';
import type { Note } from './notes.js';

/** What a subject looks like now, and how it wants to be followed. */
export interface Drawing {
  card: Card;
  /** Lower is served first. */
  urgency: Urgency;
  /** Milliseconds until it must be drawn again without a signal; null: it has ended. */
  nextMs: number | null;
  /** Where it must be seen. */
  places: Place[];
  notes: Note[];
  /** Short lines for the thread, each with the id of its event, in order. */
  thread: { event: number; line: string | undefined }[];
  /** Other subjects that show a part of this one. */
  related: string[];
}

/** Draws one kind of subject, by the number in its name, for readers of a language. Throws `NotFound` when there is none. */
export type Draw = (id: number, language: Language) => Promise<Drawing>;

export function cardHash(card: Card): string {
  return createHash('sha256').update(JSON.stringify(card)).digest('hex');
}

export const recoverySubject = (id: number) => `recovery:${id}`;
export const incidentSubject = (id: number) => `incident:${id}`;
