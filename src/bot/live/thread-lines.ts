import { formatDuration } from '../../engine/model/duration.js';
import type { StoredEvent } from '../../engine/ports.js';
import { about, dotted, oneLine } from '../cards/words.js';

type Line = (event: StoredEvent) => string | undefined;

/** Line of the thread for each kind of event; kinds that are not here give none. */
const LINES: Record<string, Line> = {
  'recovery.started': () => 'Started',
  'recovery.taken_over': (event) => `Another worker took over from ${text(event, 'from')}`,
  'recovery.rolling_back': (event) => `Rolling back: ${text(event, 'reason')}`,
  'recovery.retried': (event) => `Retry, asked by ${event.actor}`,
  'recovery.marked_done': (event) => `Marked done by ${event.actor}`,
  'recovery.retry_scheduled': (event) =>
    `Attempt ${text(event, 'attempt')} failed (${text(event, 'reason')}); the next one in ${duration(event, 'delay_ms')}`,
  'recovery.awaiting_manual': (event) => `Waits for a person: ${text(event, 'reason')}`,
  'recovery.escalated': (event) => `More people are called: ${text(event, 'reason')}`,
  'step.started': (event) => `${step(event)} started${attempt(event)}`,
  'step.succeeded': (event) => dotted(`${step(event)} done in ${exact(event, 'duration_ms')}`, text(event, 'summary')),
  'step.retry': (event) =>
    `${step(event)} failed: ${text(event, 'error')}; tried again in ${duration(event, 'delay_ms')}`,
  'step.failed': (event) => `${step(event)} failed: ${text(event, 'error')}`,
  'step.unknown': (event) => `${step(event)}: outcome unknown. Looked at: ${text(event, 'evidence')}`,
  'step.not_done': (event) => `${step(event)} had not taken effect: ${text(event, 'evidence')}`,
  'step.skipped': (event) => `${step(event)} skipped: ${text(event, 'reason')}`,
  'step.cancelled': (event) => `${step(event)} stopped: ${text(event, 'evidence')}`,
  'step.log': (event) => text(event, 'message'),
  'recovery.acknowledged': (event) => `${event.actor} looks after it`,
  'approval.decided': (event) => decision(event),
};

export function threadLines(events: readonly StoredEvent[]): string[] {
  return events
    .map((event) => (Object.hasOwn(LINES, event.kind) ? LINES[event.kind]?.(event) : undefined))
    .filter((line): line is string => Boolean(line));
}

function text(event: StoredEvent, key: string): string {
  const value = event.data[key];
  return value === undefined || value === null
    ? ''
    : oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}

function number(event: StoredEvent, key: string): number {
  const value = event.data[key];
  return typeof value === 'number' ? value : 0;
}

const duration = (event: StoredEvent, key: string) => about(number(event, key));
const exact = (event: StoredEvent, key: string) => formatDuration(number(event, key));

function step(event: StoredEvent): string {
  const name = text(event, 'name');
  return name.startsWith('Undo: ') ? name : `Step ${number(event, 'step') + 1} "${name}"`;
}

function attempt(event: StoredEvent): string {
  const nth = number(event, 'attempt');
  return nth > 1 ? `, attempt ${nth}` : '';
}

function decision(event: StoredEvent): string {
  const reason = text(event, 'reason');
  const why = reason ? `: “${reason}”` : '';
  if (event.data.verdict === 'reject') return `Rejected by ${event.actor}${why}`;
  return `Approved by ${event.actor}${event.data.state === 'pending' ? '; more approvals are needed' : ''}${why}`;
}
