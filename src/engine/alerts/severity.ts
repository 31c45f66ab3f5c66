/** The words that are used for it; a number is taken as it is. */
const WORDS: Readonly<Record<string, number>> = {
  critical: 1,
  page: 1,
  emergency: 1,
  alert: 1,
  fatal: 1,
  disaster: 1,
  p1: 1,
  sev1: 1,
  error: 0.8,
  high: 0.8,
  major: 0.8,
  p2: 0.8,
  sev2: 0.8,
  warning: 0.5,
  warn: 0.5,
  medium: 0.5,
  average: 0.5,
  minor: 0.5,
  p3: 0.5,
  sev3: 0.5,
  info: 0.2,
  information: 0.2,
  low: 0.2,
  notice: 0.2,
  none: 0.2,
  p4: 0.2,
  p5: 0.2,
  sev4: 0.2,
};

const UNKNOWN = 0.5;

/** 0 .. 1, of what an alert says about how bad it is. */
export function severityOf(said: number | string | undefined): number {
  if (said === undefined || said === '') return UNKNOWN;
  const number = Number(said);
  if (Number.isFinite(number)) return Math.min(1, Math.max(0, number));
  const word = String(said).toLowerCase();
  return Object.hasOwn(WORDS, word) ? (WORDS[word] ?? UNKNOWN) : UNKNOWN;
}
