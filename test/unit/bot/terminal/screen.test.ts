import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { Message } from '../../../../src/bot/terminal/console-client.js';
import { createScreen } from '../../../../src/bot/terminal/screen.js';

function open() {
  const output = new PassThrough();
  const screen = createScreen({ output, tty: false, columns: () => 100, startedAt: 0 });
  return { screen, text: () => String(output.read() ?? '') };
}

const message = (id: string, ...commands: string[]): Message => ({
  id,
  channel: 'incidents',
  thread: null,
  author: 'Reviver',
  version: 1,
  created_at: new Date(0).toISOString(),
  edited_at: null,
  card: {
    tone: 'waiting',
    title: `card ${id} with ${commands.length}`,
    lines: [],
    buttons: commands.map((command) => ({ label: command.toUpperCase(), command })),
  },
});

describe('the number of a button', () => {
  test('stays its own when another card arrives or changes while somebody types', () => {
    const { screen, text } = open();
    screen.message(message('1', 'approve R-1', 'reject R-1'));
    screen.message(message('2', 'redis'));
    screen.message(message('2', 'redis', 'ack I-3'));
    expect(screen.button(1)).toMatchObject({ message: '1', command: 'approve R-1' });
    expect(screen.button(3)).toMatchObject({ message: '2', command: 'redis' });
    expect(text()).toContain('[3 REDIS] [4 ACK I-3]');
  });

  test('is never given to another one: what left its card is gone', () => {
    const { screen } = open();
    screen.message(message('1', 'approve R-1', 'cancel R-1'));
    screen.message(message('1', 'cancel R-1', 'retry R-1'));
    expect(screen.button(1)).toBe('gone');
    expect(screen.button(2)).toMatchObject({ command: 'cancel R-1' });
    expect(screen.button(3)).toMatchObject({ command: 'retry R-1' });
    expect(screen.button(4)).toBeUndefined();
  });
});

test('a note cannot move the cursor or reorder what is read', () => {
  const { screen, text } = open();
  screen.note('No service "\u001b[2J\u202Ex".');
  expect(text()).toBe('No service " [2J x".\n');
});
