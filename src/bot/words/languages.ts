import type { Language } from '../port.js';
import { EN } from './en/en.js';
import { RU } from './ru/ru.js';
import type { Words } from './words.js';

const WORDS: Readonly<Record<Language, Words>> = { en: EN, ru: RU };

export function wordsOf(language: Language): Words {
  return WORDS[language];
}

/** What the engine wrote, in the language of `words` where it is known there. */
export function retold(words: Words, phrase: string): string {
  return words.engine?.retell(phrase) ?? phrase;
}
