import type { Writable } from 'node:stream';
import type { Button } from '../port.js';
import type { Message, PrivateReply } from './console-client.js';
import { renderCard } from './render-card.js';

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
  buttons(): Pressable[];
}

export function createScreen(options: ScreenOptions): Screen {
  const { output, tty } = options;
  const shown = new Map<string, string[]>();
  const replies = new Set<string>();
  let last: { id: string; rows: number } | undefined;
  let buttons: Pressable[] = [];
  let latest = '';

  const render = ({ card, author, thread, created_at }: Message) =>
    renderCard(card, {
      colour: tty,
      width: options.columns(),
      author,
      margin: since(Date.parse(created_at) - options.startedAt),
      thread: thread !== null,
      numbered: true,
    }).split('\n');

  const print = (lines: readonly string[]) => output.write(`${lines.join('\n')}\n`);

  function offer(id: string, offered: Pressable[]): void {
    if (offered.length === 0 && latest !== id) return;
    latest = id;
    buttons = offered;
  }

  return {
    message(message) {
      const lines = render(message);
      const before = shown.get(message.id);
      if (before?.join('\n') === lines.join('\n')) return;
      shown.set(message.id, lines);
      if (before && last?.id === message.id && tty) output.write(`\u001b[${last.rows}A\r\u001b[J`);
      print(before && !(last?.id === message.id && tty) ? changed(before, lines) : lines);
      last = { id: message.id, rows: lines.length };
      offer(
        message.id,
        message.card.buttons.map((button) => ({ ...button, message: message.id })),
      );
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
          numbered: true,
        }).split('\n'),
      );
      offer(id, card.buttons);
    },
    note(text) {
      last = undefined;
      print([text]);
    },
    typed() {
      last = undefined;
    },
    buttons: () => buttons,
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
