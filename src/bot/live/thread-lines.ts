import { CHANNELS } from '../../engine/escalation/escalation.js';
import type { StoredEvent } from '../../engine/ports.js';
import { dotted, oneField, oneLine, quotable } from '../cards/words.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';

type Line = (event: StoredEvent, words: Words) => string | undefined;

/** Line of the thread for each kind of event; kinds that are not here give none. */
const LINES: Record<string, Line> = {
  'recovery.started': (_event, { thread }) => thread.started,
  'recovery.taken_over': (event, words) => words.thread.takenOver(text(event, 'from', words)),
  'recovery.rolling_back': (event, words) => words.thread.rollingBack(text(event, 'reason', words)),
  'recovery.retried': (event, { thread }) => thread.retried(actor(event)),
  'recovery.marked_done': (event, { thread }) => thread.markedDone(actor(event)),
  'recovery.retry_scheduled': (event, words) =>
    words.thread.nextAttempt(text(event, 'attempt', words), text(event, 'reason', words), number(event, 'delay_ms')),
  'recovery.awaiting_manual': (event, words) => words.thread.waitsForPerson(text(event, 'reason', words)),
  'recovery.escalated': (event, words) => words.thread.escalated(text(event, 'reason', words)),
  'escalation.level_told': called,
  'escalation.channel_failed': (event, words) =>
    words.escalation.channelFailed(channelName(raw(event, 'channel'), words), text(event, 'reason', words)),
  'recovery.no_worker': (event, words) => words.thread.noWorker(text(event, 'pool', words)),
  'step.started': (event, words) => words.thread.stepStarted(step(event, words), number(event, 'attempt')),
  'step.succeeded': (event, words) =>
    dotted(words.thread.stepDone(step(event, words), number(event, 'duration_ms')), text(event, 'summary', words)),
  'step.retry': (event, words) =>
    words.thread.stepRetry(step(event, words), text(event, 'error', words), number(event, 'delay_ms')),
  'step.failed': (event, words) => words.thread.stepFailed(step(event, words), text(event, 'error', words)),
  'step.unknown': (event, words) => words.thread.stepUnknown(step(event, words), text(event, 'evidence', words)),
  'step.not_done': (event, words) => words.thread.stepNotDone(step(event, words), text(event, 'evidence', words)),
  'step.skipped': (event, words) => words.thread.stepSkipped(step(event, words), text(event, 'reason', words)),
  'step.cancelled': (event, words) => words.thread.stepStopped(step(event, words), text(event, 'evidence', words)),
  'step.log': (event, { thread }) => said(event, 'message', thread.log),
  'recovery.acknowledged': (event, { thread }) => thread.looksAfter(actor(event)),
  'approval.decided': decision,
};

/** undefined: nothing is said of it. */
export function threadLine(event: StoredEvent, words: Words): string | undefined {
  return (Object.hasOwn(LINES, event.kind) && LINES[event.kind]?.(event, words)) || undefined;
}

/** One line of what the engine, or something outside, said. */
function text(event: StoredEvent, key: string, words: Words): string {
  return oneLine(retold(words, raw(event, key)));
}

/** Somebody else's words, within the quotation marks of `quote`; nothing when there are none. */
function said(event: StoredEvent, key: string, quote: (text: string) => string): string | undefined {
  const words = quotable(raw(event, key));
  return words ? quote(words) : undefined;
}

function raw({ data }: StoredEvent, key: string): string {
  const value = data[key];
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function number({ data }: StoredEvent, key: string): number {
  const value = data[key];
  return typeof value === 'number' ? value : 0;
}

function actor(event: StoredEvent): string {
  return oneField(event.actor, 60);
}

function step(event: StoredEvent, words: Words): string {
  const name = raw(event, 'name');
  const isUndo = name.startsWith('Undo: ');
  return isUndo ? oneField(retold(words, name)) : words.thread.step(number(event, 'step') + 1, oneField(name));
}

/** Chat sees by itself that it was told. */
function called({ data }: StoredEvent, words: Words): string | undefined {
  const names = Array.isArray(data.channels)
    ? data.channels.filter((one) => typeof one === 'string' && one !== 'chat')
    : [];
  const channels = names.map((one) => channelName(String(one), words));
  return channels.length === 0 ? undefined : words.escalation.called(channels);
}

function channelName(name: string, { escalation: { channels } }: Words): string {
  const known = CHANNELS.find((one) => one === name);
  return known === undefined ? oneField(name, 40) : channels[known];
}

function decision(event: StoredEvent, { thread }: Words): string {
  const why = said(event, 'reason', thread.because) ?? '';
  const verdict =
    event.data.verdict === 'reject'
      ? thread.rejected(actor(event))
      : thread.approved(actor(event), event.data.state === 'pending');
  return `${verdict}${why}`;
}
