/** What the engine says in English, as a pattern over the whole phrase, and what is said instead. */
export interface Phrase {
  pattern: RegExp;
  say(...parts: string[]): string;
  /** The part, counted from 0, that is a phrase itself, or what a program wrote. */
  within?: number;
}

/** `12.0 s`, `2 h 05 min` */
export const DURATION = String.raw`\d+(?:\.\d)? (?:s|min|h|d)(?: \d\d min)?`;
export const phrase = (pattern: string, say: Phrase['say'], within?: number): Phrase => ({
  pattern: new RegExp(`^${pattern}$`, 's'),
  say,
  ...(within === undefined ? {} : { within }),
});

const UNITS: Readonly<Record<string, string>> = { s: 'с', min: 'мин', h: 'ч', d: 'д' };

export function duration(text: string): string {
  return text.replace('.', ',').replace(/[a-z]+/g, (unit) => UNITS[unit] ?? unit);
}
