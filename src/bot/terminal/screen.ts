import type { Writable } from 'node:stream';
import type { Button } from '../port.js';
import type { Message, PrivateReply } from './console-client.js';
import { printable, renderCard } from './render-card.js';

/** What a number that is typed presses. */
export interface Pressable extends Button {
  /** The message that it is on; absent on a private reply. */
  message?: string;
}

export interface ScreenOptions {
  output: Writable;
  /** The last message is redrawn in place, and colour is used. */
  tty: boolean;
  columns(): number;
  startedAt: number;
}

/** Prints messages, and what changes in them, one below the other. */
export interface Screen {
  message(message: Message): void;
  reply(reply: PrivateReply): void;
  note(text: string): void;
  /** What was typed takes a line of its own, so that the last message is no longer the last. */
  typed(): void;
  /** The button of a number, wherever it stands; `gone`: its card changed, and it is no longer there. */
  button(number: number): Pressable | 'gone' | undefined;
}

export function createScreen(options: ScreenOptions): Screen {
  const { output, tty } = options;
  const shown = new Map<string, string[]>();
  const replies = new Set<string>();
  let last: { id: string; rows: number } | undefined;
  const buttons = createButtons();

  const render = ({ id, card, author, thread, created_at }: Message) =>
    renderCard(card, {
      colour: tty,
      width: options.columns(),
      author,
      margin: since(Date.parse(created_at) - options.startedAt),
      thread: thread !== null,
      numbers: buttons.offer(
        id,
        card.buttons.map((button) => ({ ...button, message: id })),
      ),
    }).split('\n');

  const print = (lines: readonly string[]) => output.write(`${lines.join('\n')}\n`);

  return {
    message(message) {
      const lines = render(message);
      const before = shown.get(message.id);
      if (before?.join('\n') === lines.join('\n')) return;
      shown.set(message.id, lines);
      if (before && last?.id === message.id && tty) output.write(`\u001b[${last.rows}A\r\u001b[J`);
      print(before && !(last?.id === message.id && tty) ? changed(before, lines) : lines);
      last = { id: message.id, rows: lines.length };
    },
    reply({ id, card }) {
      if (replies.has(id)) return;
      replies.add(id);
      last = undefined;
      print(
        renderCard(card, {
          colour: tty,
          width: options.columns(),
          author: 'Reviver, only to you',
          margin: '',
          numbers: buttons.offer(id, card.buttons),
        }).split('\n'),
      );
    },
    note(text) {
      last = undefined;
      print([printable(text)]);
    },
    typed() {
      last = undefined;
    },
    button: buttons.find,
  };
}

/**
 * Numbers buttons. A number means one button of one card for as long as the screen lives: a card that changes or
 * arrives while somebody types must not put another button under the number that was read.
 */
function createButtons() {
  const numbers = new Map<string, number>();
  const byNumber = new Map<number, Pressable | 'gone'>();
  return {
    /** Gives the numbers of a card's buttons, and forgets those that it no longer has. */
    offer(id: string, offered: readonly Pressable[]): number[] {
      const given = offered.map((button) => {
        const key = `${id} ${button.command}`;
        const number = numbers.get(key) ?? numbers.size + 1;
        numbers.set(key, number);
        byNumber.set(number, button);
        return number;
      });
      for (const [key, number] of numbers)
        if (key.startsWith(`${id} `) && !given.includes(number)) byNumber.set(number, 'gone');
      return given;
    },
    find: (number: number) => byNumber.get(number),
  };
}

/** Author and title, and only those other lines that were not there before. */
function changed(before: readonly string[], now: readonly string[]): string[] {
  const known = new Set(before);
  return now.filter((line, index) => index < 2 || !known.has(line));
}

/** `+3.2 s`; what is older than this start has none. */
function since(ms: number): string {
  if (ms < 0) return '';
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)}m${String(Math.floor(seconds % 60)).padStart(2, '0')}s`;
}
