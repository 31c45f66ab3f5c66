import type { PastOutcome } from '../planner/evidence.js';
import type { KnowledgeStore, Outcome, PlanKey, TermRow } from './knowledge.js';
import { type Weight, weightsOf } from './likeness.js';
import { lexemesOf, NO_TOKENS, type Tokens, tokensOf } from './tokens.js';
import { writtenScores } from './written.js';

/** What the knowledge base says about the text of an incident. */
export interface Known {
  tokens: Tokens;
  /** How well the text fits what is written about each plan; see `writtenScores`. */
  written: ReadonlyMap<PlanKey, number>;
  /** Earlier recoveries, of any service, whose incidents had rare words in common with it. */
  alike: readonly PastOutcome[];
  weight: Weight;
}

export const NOTHING_KNOWN: Known = { tokens: NO_TOKENS, written: new Map(), alike: [], weight: () => 1 };

/** Earlier recoveries that are read for one question, however many there are. */
const MOST_ALIKE = 40;

/**
 * Looks a text up. It reads a bounded number of rows: those of its words times the plans, and the latest outcomes that these name.
 */
export async function look(text: string, store: KnowledgeStore): Promise<Known> {
  const [[tokens = NO_TOKENS], size] = await Promise.all([tokensOf([text], store), store.size()]);
  const lexemes = lexemesOf(tokens);
  if (lexemes.length === 0) return NOTHING_KNOWN;
  const terms = await store.terms([...lexemes, ...tokens.pairs]);
  const weight = weightsOf(terms, size);
  const outcomes = await store.outcomes(mostNamed(terms, new Set(lexemes), weight));
  return { tokens, written: writtenScores(tokens, terms), alike: outcomes.map(toPast), weight };
}

/** Entries by the weight of the words that name them. Of entries that are named alike the later one. */
function mostNamed(terms: readonly TermRow[], lexemes: ReadonlySet<string>, weight: Weight): number[] {
  const named = new Map<number, number>();
  for (const { lexeme, recent } of terms)
    if (lexemes.has(lexeme)) for (const entry of recent) named.set(entry, (named.get(entry) ?? 0) + weight(lexeme));
  return [...named]
    .sort(([a, x], [b, y]) => y - x || b - a)
    .slice(0, MOST_ALIKE)
    .map(([entry]) => entry);
}

/** As the planner knows it. */
export function toPast({ recovery, plan, lexemes, entry: _, ...rest }: Outcome): PastOutcome {
  const [kind = '', ...name] = plan.split(':');
  return {
    id: recovery,
    kind: kind === 'runbook' || kind === 'strategy' || kind === 'sent' ? kind : 'steps',
    name: name.join(':'),
    ...rest,
    lexemes: lexemes ?? [],
  };
}
