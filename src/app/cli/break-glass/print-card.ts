import type { Card } from '../../../bot/port.js';
import { printable, renderCard } from '../../../bot/terminal/render-card.js';
import { canBeTyped } from './line.js';

export interface Output {
  write(text: string): unknown;
  /** Of a terminal. */
  columns?: number;
  isTTY?: boolean;
}

const WIDTH = 100;

/** A card, and below it what can be typed in the place of its buttons. */
export function printCard(card: Card, out: Output): void {
  const options = { colour: out.isTTY === true, width: Math.min(out.columns ?? WIDTH, WIDTH) };
  const buttons = card.buttons.filter(({ command }) => canBeTyped(command));
  const text = renderCard({ ...card, buttons: [] }, options);
  const next = buttons.map(({ label, command }) => `  reviver ${printable(command)}   # ${printable(label)}`);
  out.write(`${[text, ...next].join('\n')}\n`);
}
