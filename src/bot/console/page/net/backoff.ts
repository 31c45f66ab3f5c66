const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** Milliseconds until the next try after so many failed ones; `random` in [0, 1) keeps many pages from coming at once. */
export function backoffMs(failures: number, random: number): number {
  const upTo = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(upTo / 2 + (upTo / 2) * random);
}
