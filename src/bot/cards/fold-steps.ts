import type { CardStep } from '../port.js';
import type { Words } from '../words/words.js';

/** Rows that say what happens now, or went wrong: they are seen whatever else has to make room. */
const TELLING: ReadonlySet<CardStep['icon']> = new Set(['gate', 'running', 'failed', 'unknown', 'cancelled']);

/**
 * At most `room` rows of a long plan: those that matter now and their neighbours; each stretch between them becomes one
 * row. Where even these are too many, the first ones are shown.
 */
export function foldSteps(rows: readonly CardStep[], room: number, words: Words): CardStep[] {
  if (rows.length <= room) return [...rows];
  const shown = new Set<number>();
  for (const index of byInterest(rows)) {
    shown.add(index);
    if (height(rows.length, shown) > room) shown.delete(index);
  }
  return stretches(rows, shown).flatMap((stretch) =>
    'hidden' in stretch ? folded(stretch.hidden, words) : stretch.row,
  );
}

/** Indices, the most telling first, then by their distance to one of those. */
function byInterest(rows: readonly CardStep[]): number[] {
  const telling = rows.flatMap(({ icon }, index) => (TELLING.has(icon) ? [index] : []));
  const next = rows.findIndex(({ icon }) => icon === 'pending');
  const centres = telling.length > 0 ? telling : [next === -1 ? rows.length - 1 : next];
  const distance = (index: number) => Math.min(...centres.map((centre) => Math.abs(centre - index)));
  return rows.map((_, index) => index).sort((a, b) => distance(a) - distance(b) || a - b);
}

/** Lines that the shown rows take together with the rows that stand for the others. */
function height(rows: number, shown: ReadonlySet<number>): number {
  let lines = 0;
  for (let index = 0; index < rows; index++) if (shown.has(index) || shown.has(index - 1) || index === 0) lines++;
  return lines;
}

type Stretch = { row: CardStep } | { hidden: CardStep[] };

function stretches(rows: readonly CardStep[], shown: ReadonlySet<number>): Stretch[] {
  const found: Stretch[] = [];
  for (const [index, row] of rows.entries()) {
    const last = found.at(-1);
    if (shown.has(index)) found.push({ row });
    else if (last && 'hidden' in last) last.hidden.push(row);
    else found.push({ hidden: [row] });
  }
  return found;
}

function folded(hidden: CardStep[], words: Words): CardStep[] {
  const [first] = hidden;
  if (!first || hidden.length === 1) return hidden;
  const numbers = hidden.flatMap(({ number }) => (number === undefined ? [] : [number]));
  const same = hidden.every(({ icon }) => icon === first.icon);
  const icon = same ? first.icon : hidden.some((row) => row.icon === 'pending') ? 'pending' : 'done';
  const text = words.steps.folded(numbers[0] ?? 0, numbers.at(-1) ?? 0);
  return [{ icon, text: numbers.length > 0 ? text : words.running.more(hidden.length) }];
}
