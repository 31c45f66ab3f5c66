import type { types } from '@slack/bolt';
import type { Button } from '../../port.js';
import type { Words } from '../words.js';
import { clean, cut, flat } from './fit.js';

/** Limits of Block Kit. */
const MOST_BUTTONS = 25;
const LONGEST_LABEL = 75;
const LONGEST_VALUE = 2_000;
const CONFIRM = { title: 100, text: 300, button: 30 };

/** What a pressed button of ours is called; the number only makes it unique. */
export const COMMAND_ACTION = 'run';

const plain = (text: string, max: number): types.PlainTextElement => ({
  type: 'plain_text',
  text: cut(flat(text), max) || '…',
  emoji: false,
});

/** The buttons that Slack takes and that have room in `max`: a command that cannot be carried whole is not offered. */
export function buttonRow(buttons: readonly Button[], words: Words, max: number): types.ActionsBlock[] {
  const elements: types.Button[] = [];
  let spent = 0;
  for (const button of buttons.filter(({ command }) => carries(command)).slice(0, MOST_BUTTONS)) {
    const element = buttonElement(button, elements.length, words);
    spent += JSON.stringify(element).length;
    if (spent > max) break;
    elements.push(element);
  }
  return elements.length > 0 ? [{ type: 'actions', elements }] : [];
}

function carries(command: string): boolean {
  return command !== '' && command.length <= LONGEST_VALUE && clean(command) === command;
}

function buttonElement({ label, command, style, confirm }: Button, index: number, words: Words): types.Button {
  const element: types.Button = {
    type: 'button',
    action_id: `${COMMAND_ACTION}:${index}`,
    text: plain(label, LONGEST_LABEL),
    value: command,
  };
  if (style) element.style = style;
  if (confirm !== undefined)
    element.confirm = {
      title: plain(label, CONFIRM.title),
      text: plain(confirm, CONFIRM.text),
      confirm: plain(label, CONFIRM.button),
      deny: plain(words.back, CONFIRM.button),
      ...(style ? { style } : {}),
    };
  return element;
}
