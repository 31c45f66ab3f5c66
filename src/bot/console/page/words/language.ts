import { en } from './en.js';
import { ru } from './ru.js';
import type { Words } from './words.js';

export type Language = 'en' | 'ru';

/** Every word of the page itself; what cards say comes from the server in the same language. */
export const WORDS: Record<Language, Words> = { en, ru };

/** Before it is known which channel is read: the browser's first language that is spoken here. */
export function languageOf(preferred: readonly string[]): Language {
  const spoken = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'ru');
  return spoken === 'ru' ? 'ru' : 'en';
}
