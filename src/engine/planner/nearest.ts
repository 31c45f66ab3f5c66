import { distance } from 'fastest-levenshtein';

/** What somebody probably meant: at most two edits away, or the one name that begins so. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  const scored = names
    .map((name) => ({ name, edits: edits(wanted, name.toLowerCase()) }))
    .filter(
      ({ name, edits }) =>
        edits <= Math.min(2, Math.ceil(name.length / 3)) ||
        (wanted.length >= 2 && name.toLowerCase().startsWith(wanted)),
    )
    .sort((a, b) => a.edits - b.edits || a.name.localeCompare(b.name));
  return scored[0]?.name;
}

/** Two neighbours typed the wrong way round are one slip of the hand, not two. */
function edits(wanted: string, name: string): number {
  const at = [...name].findIndex((letter, index) => letter !== wanted[index]);
  const turned =
    name.slice(0, at) +
    name
      .slice(at, at + 2)
      .split('')
      .reverse()
      .join('') +
    name.slice(at + 2);
  return at >= 0 && turned === wanted ? 1 : distance(wanted, name);
}
