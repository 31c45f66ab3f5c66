import { distance } from 'fastest-levenshtein';

/** What somebody probably meant: at most two edits away, or the one name that begins so. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  const scored = names
    .map((name) => ({ name, edits: distance(wanted, name.toLowerCase()) }))
    .filter(
      ({ name, edits }) =>
        edits <= Math.min(2, Math.ceil(name.length / 3)) ||
        (wanted.length >= 2 && name.toLowerCase().startsWith(wanted)),
    )
    .sort((a, b) => a.edits - b.edits || a.name.localeCompare(b.name));
  return scored[0]?.name;
}
