import type { TermRow } from './knowledge.js';

/** What a word tells: the rarer, the more. */
export type Weight = (lexeme: string) => number;

/** A concept stands for many words; an alert or an error of the same name is mostly the same incident. */
const CONCEPT = 2;
const CODE = 3;

/** @param size how many outcomes there are, about */
export function weightsOf(terms: readonly TermRow[], size: number): Weight {
  const entries = new Map<string, number>();
  for (const term of terms) entries.set(term.lexeme, (entries.get(term.lexeme) ?? 0) + term.entries);
  return (lexeme) => kindWeight(lexeme) * Math.log(1 + (size + 1) / (1 + (entries.get(lexeme) ?? 0)));
}

function kindWeight(lexeme: string): number {
  if (lexeme.startsWith('=')) return CODE;
  return lexeme.startsWith('#') ? CONCEPT : 1;
}

/** Two texts about the same have this much in common, and chance makes this much. */
const SAME = 0.35;
const CHANCE = 0.1;

/**
 * How much two incidents are alike, from 0 to 1: the weight of the words that both have, of all that either has. The words that
 * only the other one has weigh as much as the question's own do on average.
 */
export function likeness(question: readonly string[], other: readonly string[], weight: Weight): number {
  if (question.length === 0 || other.length === 0) return 0;
  const has = new Set(other);
  const common = question.filter((lexeme) => has.has(lexeme));
  const sum = (lexemes: readonly string[]) => lexemes.reduce((total, lexeme) => total + weight(lexeme), 0);
  const all = sum(question);
  const others = (all / question.length) * (has.size - common.length);
  const share = sum(common) / (all + others);
  return Math.min(1, Math.max(0, (share - CHANCE) / (SAME - CHANCE)));
}
