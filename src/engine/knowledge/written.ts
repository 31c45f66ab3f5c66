import { LINES, type PlanKey, type TermRow } from './knowledge.js';
import type { Tokens } from './tokens.js';

/** How much one token of each kind may say. */
const WEIGHT = { concepts: 1, codes: 1, pairs: 0.5, stems: 0.5 } as const;
/** Share of lines that a word may have by chance: below it nobody can tell. */
const CHANCE = 0.02;
/** Lines that say nothing, added to each plan: what has two lines in all would otherwise be sure of every word in them. */
const SILENT_LINES = 10;
/** Where few plans have documents, so many are thought of: a word of the only one would tell nothing otherwise. */
const FEWEST_PLANS = 12;

/**
 * How well a text fits what is written about each plan: the sum over its words, pairs of words and concepts of the logarithm of
 * how much more often they stand in the plan's lines than in those of all plans. 0: no better than by chance.
 */
export function writtenScores(tokens: Tokens, terms: readonly TermRow[]): Map<PlanKey, number> {
  const lines = new Map(terms.filter(({ lexeme }) => lexeme === LINES).map(({ plan, written }) => [plan, written]));
  const shares = new Map<string, Map<PlanKey, number>>();
  for (const { lexeme, plan, written } of terms) {
    const all = lines.get(plan);
    if (!all || written === 0) continue;
    const of = shares.get(lexeme) ?? new Map<PlanKey, number>();
    shares.set(lexeme, of.set(plan, written / (all + SILENT_LINES)));
  }
  const scores = new Map([...lines.keys()].map((plan) => [plan, 0]));
  for (const kind of ['concepts', 'codes', 'pairs', 'stems'] as const)
    for (const token of tokens[kind]) {
      const of = shares.get(token);
      if (!of) continue;
      const mean = [...of.values()].reduce((sum, share) => sum + share, 0) / Math.max(FEWEST_PLANS, lines.size);
      for (const [plan, score] of scores)
        scores.set(plan, score + WEIGHT[kind] * Math.log(((of.get(plan) ?? 0) + CHANCE) / (mean + CHANCE)));
    }
  return scores;
}
