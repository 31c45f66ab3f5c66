import type { Tone } from '../port.js';

/** ANSI colour of the bar. */
const TONE_COLOURS: Record<Tone, number> = {
  firing: 31,
  attention: 33,
  waiting: 33,
  running: 34,
  good: 32,
  failed: 31,
  neutral: 90,
  dry_run: 35,
};

export function paint(text: string, tone: Tone, colour: boolean): string {
  return colour ? `\u001b[${TONE_COLOURS[tone]}m${text}\u001b[0m` : text;
}

export function faint(text: string, colour: boolean): string {
  return colour ? `\u001b[2m${text}\u001b[0m` : text;
}
