import { formatDuration } from '../../../engine/model/duration.js';
import { capital } from '../../cards/words.js';
import type { Measures } from '../topics/measures.js';

const NUMBER = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 3 });
/** British lists have no comma before the last word. */
const AND = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const OR = new Intl.ListFormat('en-GB', { type: 'disjunction' });

export const measures: Measures = {
  about(ms) {
    const seconds = Math.max(0, Math.round(ms / 1_000));
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
    if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h`;
    return `${Math.round(seconds / 86_400)} d`;
  },
  // As the engine writes them into its own sentences, so that a card has one spelling.
  exact: formatDuration,
  number: (n) => NUMBER.format(n),
  and: (names) => AND.format(names),
  or: (names) => OR.format(names),
};

/** `one approval`, `3 alerts` */
export function count(n: number, one: string, many = `${one}s`): string {
  return n === 1 ? `one ${one}` : `${measures.number(n)} ${many}`;
}

export function times(n: number): string {
  if (n === 1) return 'once';
  return n === 2 ? 'twice' : `${n} times`;
}

/** `step 4`, `steps 1-2`, `steps 1 and 3` */
export function steps(numbers: readonly number[]): string {
  const [first, ...rest] = numbers;
  if (first === undefined || rest.length === 0) return `step ${first ?? '?'}`;
  return `steps ${span(numbers) ?? measures.and(numbers.map(String))}`;
}

/** `1-2`, where the numbers follow each other. */
export function span(numbers: readonly number[]): string | undefined {
  const [first] = numbers;
  const last = numbers.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return numbers.every((number, index) => number === first + index) ? `${first}-${last}` : undefined;
}

/** `Steps 1-2 are`, `Step 4 is` */
export function stepsAre(numbers: readonly number[], is: string, are: string): string {
  return `${capital(steps(numbers))} ${numbers.length === 1 ? is : are}`;
}
