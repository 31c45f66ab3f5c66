import type { Finding } from './finding.js';

const MOST_MS = 1_000;

/** Asks another clock, and finds how far it is from this machine's; the way there and back counts half. */
export async function compareClock(about: string, ask: () => Promise<number>): Promise<Finding> {
  const before = Date.now();
  const theirs = await ask();
  const differenceMs = Math.round(theirs - (before + Date.now()) / 2);
  const what = `clock differs by ${Math.abs(differenceMs)} ms`;
  if (Math.abs(differenceMs) < MOST_MS) return { state: 'ok', about, what };
  return { state: 'broken', about, what, mend: 'Set both clocks by NTP: leases and approvals end by the clock.' };
}
