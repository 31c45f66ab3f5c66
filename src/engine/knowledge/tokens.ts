import { conceptsIn } from './concepts.js';
import type { KnowledgeStore } from './knowledge.js';
import { codesOf, wordsOf } from './normalise.js';

/** What a text is compared by. */
export interface Tokens {
  stems: string[];
  /** Two stems side by side: `certif expir`. */
  pairs: string[];
  /** `=ECONNREFUSED`. */
  codes: string[];
  /** `#disk_full`. */
  concepts: string[];
}

export const NO_TOKENS: Tokens = { stems: [], pairs: [], codes: [], concepts: [] };

/** Different words of one text that are looked at. */
const MOST_STEMS = 80;

/** Reads texts, all in one question to the store. */
export async function tokensOf(texts: readonly string[], store: Pick<KnowledgeStore, 'read'>): Promise<Tokens[]> {
  const words = texts.map(wordsOf);
  const all = [...new Set(words.flat())];
  if (all.length === 0) return texts.map(() => NO_TOKENS);
  const read = new Map((await store.read(all)).map((one) => [one.word, one]));
  return words.map((own, index) => {
    const known = own.flatMap((word) => read.get(word) ?? []);
    const stems = known.flatMap(({ stem }) => stem ?? []);
    return {
      stems: [...new Set(stems)].slice(0, MOST_STEMS),
      pairs: [...new Set(stems.slice(1).map((stem, index) => `${stems[index]} ${stem}`))].slice(0, MOST_STEMS),
      codes: codesOf(texts[index] ?? ''),
      concepts: conceptsIn(known.map(({ meant }) => meant)),
    };
  });
}

/** By which outcomes are found and compared: pairs would only make more of the same. */
export function lexemesOf({ stems, codes, concepts }: Tokens): string[] {
  return [...codes, ...concepts, ...stems];
}
