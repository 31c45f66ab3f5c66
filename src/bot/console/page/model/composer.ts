import type { Suggestion } from './complete.js';

/** The command box: what is typed, and what is offered. */
export interface Composer {
  text: string;
  caret: number;
  suggestions: readonly Suggestion[];
  /** Index of the chosen suggestion; undefined: none is, and Enter sends. */
  chosen: number | undefined;
  /** What was said before, the newest last, and where in it we are. */
  history: readonly string[];
  at: number | undefined;
}

export const EMPTY_COMPOSER: Composer = {
  text: '',
  caret: 0,
  suggestions: [],
  chosen: undefined,
  history: [],
  at: undefined,
};

const REMEMBERED = 50;

export function typed(composer: Composer, text: string, caret: number, suggestions: readonly Suggestion[]): Composer {
  return { ...composer, text, caret, suggestions, chosen: undefined, at: undefined };
}

export function said(composer: Composer, text: string): Composer {
  const history = [...composer.history.filter((line) => line !== text), text].slice(-REMEMBERED);
  return { ...EMPTY_COMPOSER, history };
}

/** Up and down through the suggestions, around their ends. */
export function choose(composer: Composer, step: 1 | -1): Composer {
  const { suggestions, chosen } = composer;
  if (suggestions.length === 0) return composer;
  const from = chosen ?? (step === 1 ? -1 : 0);
  return { ...composer, chosen: (from + step + suggestions.length) % suggestions.length };
}

/** What was said before: back (-1), or forward to the empty box (1). */
export function recall(composer: Composer, step: 1 | -1): Composer {
  const { history, at } = composer;
  const next = (at ?? history.length) + step;
  if (next < 0 || history.length === 0) return composer;
  const text = history[next] ?? '';
  return {
    ...composer,
    text,
    caret: text.length,
    suggestions: [],
    chosen: undefined,
    at: next < history.length ? next : undefined,
  };
}

/** Arrow keys go through what was said before, unless something is being typed. */
export function recalls({ text, at }: Composer): boolean {
  return text === '' || at !== undefined;
}
