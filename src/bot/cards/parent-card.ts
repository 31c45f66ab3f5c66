import type { Button, Card, CardStep } from '../port.js';
import type { Words } from '../words/words.js';
import { foldSteps } from './fold-steps.js';

/** A channel is read on a phone at night: what does not fit here is behind Details and in the thread. */
export const MOST_LINES = 12;
export const MOST_BUTTONS = 5;
const LEAST_ROWS = 3;

interface Parts extends Omit<Card, 'steps' | 'footer'> {
  steps?: readonly CardStep[];
  footer?: readonly string[];
}

/** The live card: at most `MOST_LINES` lines, the steps folded to what is left of them, and `MOST_BUTTONS` buttons. */
export function parentCard({ steps = [], footer = [], ...card }: Parts, words: Words): Card {
  const spare = MOST_LINES - 1 - footer.length - Math.min(LEAST_ROWS, steps.length);
  const lines = cut(card.lines, Math.max(1, spare), words);
  const room = MOST_LINES - 1 - footer.length - lines.length;
  return {
    ...card,
    lines,
    ...(steps.length > 0 ? { steps: foldSteps(steps, room, words) } : {}),
    ...(footer.length > 0 ? { footer: [...footer] } : {}),
    buttons: fewButtons(card.buttons),
  };
}

function cut(lines: readonly string[], most: number, { running }: Words): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), running.more(lines.length - most + 1)];
}

/** The first ones, and the last, which leads to the others. */
function fewButtons(buttons: readonly Button[]): Button[] {
  if (buttons.length <= MOST_BUTTONS) return [...buttons];
  return [...buttons.slice(0, MOST_BUTTONS - 1), ...buttons.slice(-1)];
}
