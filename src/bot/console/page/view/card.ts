import type { Button, Card, CardStep } from '../model/message.js';
import type { Words } from '../words/words.js';
import { stepIcon, toneIcon } from './icons.js';
import type { Intent } from './intent.js';
import { h, spoken, type ViewNode } from './node.js';

export interface CardOptions {
  words: Words;
  /** What pressing a button wants. */
  wants(button: Button): Intent;
  /** The command of the button that was pressed: it works, and its neighbours wait. */
  pressed?: string | undefined;
}

/** A card: state in sign and word, what is true now, steps, what comes next, and what a person can do. */
export function cardView(card: Card, options: CardOptions): ViewNode {
  const { words } = options;
  return h(
    'div',
    { class: `card tone-${card.tone}` },
    h(
      'header',
      { key: 'head', class: 'card-head' },
      card.tone !== 'neutral' && h('span', { class: 'chip' }, toneIcon(card.tone), words.tones[card.tone]),
      h('h3', { class: 'title' }, card.title),
    ),
    ...paragraphs(card.lines, 'line'),
    card.steps.length > 0 &&
      h('ol', { key: 'steps', class: 'steps' }, ...card.steps.map((step, index) => row(step, index, words))),
    ...paragraphs(card.footer, 'foot'),
    card.buttons.length > 0 &&
      h('div', { key: 'buttons', class: 'buttons' }, ...card.buttons.map((button) => buttonView(button, options))),
  );
}

function paragraphs(texts: readonly string[], name: string): ViewNode[] {
  return texts.map((text, index) => h('p', { key: `${name}${index}`, class: name }, text));
}

function row({ number, icon, text, note }: CardStep, index: number, words: Words): ViewNode {
  return h(
    'li',
    { key: String(index), class: `step step-${icon}` },
    h('span', { class: 'number' }, number === undefined ? '' : String(number)),
    h('span', { class: 'sign' }, stepIcon(icon), spoken(words.steps[icon])),
    h('span', { class: 'step-text' }, text),
    note !== undefined && h('span', { class: 'note' }, note),
  );
}

function buttonView(button: Button, { wants, pressed }: CardOptions): ViewNode {
  const working = pressed === button.command;
  return h(
    'button',
    {
      key: `${button.label}:${button.command}`,
      type: 'button',
      class: `button ${button.style ?? 'plain'}${working ? ' working' : ''}`,
      // Not `disabled`, which would take the focus from it.
      'aria-disabled': pressed !== undefined && 'true',
      'aria-busy': working && 'true',
      on: { click: wants(button) },
    },
    working ? `${button.label} …` : button.label,
  );
}
