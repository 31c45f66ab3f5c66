import { distance } from 'fastest-levenshtein';

const MAX_DISTANCE = 2;

/** Up to three known words that the given one was probably meant to be: a prefix first, then the fewest slips. */
export function suggest(word: string, known: readonly string[]): string[] {
  const given = word.toLowerCase();
  if (given.length === 0) return [];
  return [...new Set(known)]
    .map((candidate) => ({ candidate, score: score(given, candidate.toLowerCase()) }))
    .filter(({ score: n }) => n <= MAX_DISTANCE)
    .sort((a, b) => a.score - b.score || a.candidate.localeCompare(b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function score(given: string, candidate: string): number {
  if (given === candidate) return 0;
  if (candidate.startsWith(given) && given.length >= 2) return 0.5;
  const slips = Math.min(distance(given, candidate), swapped(given, candidate) ? 1 : Number.POSITIVE_INFINITY);
  return slips < Math.max(given.length, candidate.length) ? slips : Number.POSITIVE_INFINITY;
}

/** Two neighbouring letters exchanged, the commonest slip, counts once. */
function swapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const i = [...a].findIndex((c, index) => c !== b[index]);
  return i >= 0 && a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}
