import {
  type Button,
  type Card,
  type CardStep,
  type Message,
  type PrivateReply,
  STEP_ICONS,
  type StreamEvent,
  TONES,
} from '../model/message.js';
import { fieldOf, given, listOf, numberOf, textOf, textsOf, wordOf } from './read.js';

export function readCard(raw: unknown): Card | undefined {
  const title = textOf(raw, 'title');
  if (title === undefined) return undefined;
  return {
    tone: wordOf(raw, 'tone', TONES, 'neutral'),
    title,
    lines: textsOf(raw, 'lines'),
    ...given('author', textOf(raw, 'author')),
    steps: listOf(raw, 'steps', readStep),
    footer: textsOf(raw, 'footer'),
    buttons: listOf(raw, 'buttons', readButton),
  };
}

export function readMessage(raw: unknown): Message | undefined {
  const [id, channel, version] = [textOf(raw, 'id'), textOf(raw, 'channel'), numberOf(raw, 'version')];
  const card = readCard(fieldOf(raw, 'card'));
  if (id === undefined || channel === undefined || version === undefined || !card) return undefined;
  return {
    id,
    channel,
    thread: textOf(raw, 'thread') ?? null,
    author: textOf(raw, 'author') ?? '',
    card,
    version,
    createdAt: timeOf(raw, 'created_at') ?? 0,
    editedAt: timeOf(raw, 'edited_at') ?? null,
  };
}

export function readReply(raw: unknown): PrivateReply | undefined {
  const id = textOf(raw, 'id');
  const card = readCard(fieldOf(raw, 'card'));
  return id === undefined || !card ? undefined : { id, card };
}

/** Kinds of events that are not known yet are undefined, and left out. */
export function readEvent(raw: unknown): StreamEvent | undefined {
  const message = textOf(raw, 'type') === 'message' ? readMessage(fieldOf(raw, 'message')) : undefined;
  if (message) return { type: 'message', message };
  const reply = textOf(raw, 'type') === 'private' ? readReply(fieldOf(raw, 'reply')) : undefined;
  return reply && { type: 'private', reply };
}

function readStep(raw: unknown): CardStep | undefined {
  const text = textOf(raw, 'text');
  if (text === undefined) return undefined;
  return {
    ...given('number', numberOf(raw, 'number')),
    icon: wordOf(raw, 'icon', STEP_ICONS, 'pending'),
    text,
    ...given('note', textOf(raw, 'note')),
  };
}

function readButton(raw: unknown): Button | undefined {
  const [label, command] = [textOf(raw, 'label'), textOf(raw, 'command')];
  if (label === undefined || command === undefined) return undefined;
  const style = textOf(raw, 'style');
  return {
    label,
    command,
    ...(style === 'primary' || style === 'danger' ? { style } : {}),
    ...given('confirm', textOf(raw, 'confirm')),
  };
}

function timeOf(raw: unknown, name: string): number | undefined {
  const time = Date.parse(textOf(raw, name) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
