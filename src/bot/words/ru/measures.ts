import type { Measures } from '../topics/measures.js';

const PLURAL = new Intl.PluralRules('ru');
const TENTHS = new Intl.NumberFormat('ru', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const NUMBER = new Intl.NumberFormat('ru', { maximumFractionDigits: 3 });
const AND = new Intl.ListFormat('ru', { type: 'conjunction' });
const OR = new Intl.ListFormat('ru', { type: 'disjunction' });

export const measures: Measures = {
  about(ms) {
    const seconds = Math.max(0, Math.round(ms / 1_000));
    if (seconds < 60) return `${seconds} с`;
    if (seconds < 3_600) return `${Math.round(seconds / 60)} мин`;
    if (seconds < 86_400) return `${Math.round(seconds / 3_600)} ч`;
    return `${Math.round(seconds / 86_400)} д`;
  },
  // What would be rounded up to the next unit is given in it.
  exact(ms) {
    if (ms < 59_950) return `${TENTHS.format(ms / 1_000)} с`;
    if (ms < 3_570_000) return `${Math.round(ms / 60_000)} мин`;
    if (ms < 86_370_000) {
      const minutes = Math.round(ms / 60_000);
      return `${Math.floor(minutes / 60)} ч ${String(minutes % 60).padStart(2, '0')} мин`;
    }
    return `${Math.round(ms / 86_400_000)} д`;
  },
  number: (n) => NUMBER.format(n),
  and: (names) => AND.format(names),
  or: (names) => OR.format(names),
};

/** The form that a number asks for: `['шаг', 'шага', 'шагов']` for 1, 2 and 5; fractions take the second. */
export type Forms = readonly [one: string, few: string, many: string];

export function form(n: number, [one, few, many]: Forms): string {
  const rule = PLURAL.select(n);
  if (rule === 'one') return one;
  return rule === 'many' || rule === 'zero' ? many : few;
}

/** `1 шаг`, `2 шага`, `5 шагов` */
export function count(n: number, forms: Forms): string {
  return `${measures.number(n)} ${form(n, forms)}`;
}

/** `шаг 4`, `шаги 1-2`, `шаги 1 и 3`; `of`: in another case, as `['шага', 'шагов']`. */
export function steps(numbers: readonly number[], [one, many]: readonly [string, string] = ['шаг', 'шаги']): string {
  const [first, ...rest] = numbers;
  if (first === undefined || rest.length === 0) return `${one} ${first ?? '?'}`;
  const last = rest.at(-1) ?? first;
  const run = numbers.every((number, index) => number === first + index);
  return `${many} ${run ? `${first}-${last}` : measures.and(numbers.map(String))}`;
}
