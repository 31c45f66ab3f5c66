import { formatDuration } from '../model/duration.js';
import { type NewEvent, TERMINAL_STATES } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import type { PostmortemFacts } from './postmortem.js';

/** One line of the timeline. */
export interface Moment {
  at: Date;
  /** `reviver`, or a person. */
  who: string;
  what: string;
  bad: boolean;
}

type Tell = (data: NewEvent['data']) => string;

const named =
  (verb: string): Tell =>
  (data) =>
    [`${text(data.name)} ${verb}`, text(data.error ?? data.evidence ?? data.reason)].filter(Boolean).join(': ');

const END: Readonly<Record<string, { tell: Tell; bad?: true }>> = Object.fromEntries(
  TERMINAL_STATES.map((state) => [
    `recovery.${state.toLowerCase()}`,
    {
      tell: ({ reason }: NewEvent['data']) => [`ended: ${state}`, text(reason)].filter(Boolean).join(', '),
      ...(state === 'SUCCEEDED' ? {} : { bad: true as const }),
    },
  ]),
);

/** Each kind of event that belongs into a timeline; others give none. */
const TOLD: Readonly<Record<string, { tell: Tell; bad?: true }>> = {
  ...END,
  'recovery.created': { tell: () => 'the recovery was asked for' },
  'recovery.started': { tell: () => 'it began' },
  'recovery.taken_over': { tell: ({ from }) => `another worker took it over from ${text(from)}`, bad: true },
  'recovery.rolling_back': { tell: ({ reason }) => `rollback began: ${text(reason)}`, bad: true },
  'recovery.retry_scheduled': {
    tell: ({ reason }) => `the attempt failed, and another was planned: ${text(reason)}`,
    bad: true,
  },
  'recovery.retried': { tell: () => 'a person had it tried again' },
  'recovery.marked_done': { tell: () => 'a person said that the step was done' },
  'recovery.awaiting_manual': { tell: ({ reason }) => `a person was needed: ${text(reason)}`, bad: true },
  'recovery.escalated': { tell: ({ reason }) => `more people were called: ${text(reason)}`, bad: true },
  'recovery.acknowledged': { tell: () => 'somebody looked after it' },
  'recovery.no_worker': { tell: ({ pool }) => `no worker of the pool ${text(pool)} was there`, bad: true },
  'escalation.level_told': { tell: () => 'people were called' },
  'approval.asked': {
    tell: ({ need }) => `approval was asked for${typeof need === 'number' ? `, ${need} needed` : ''}`,
  },
  'approval.decided': { tell: ({ verdict, decision }) => `decided: ${text(verdict ?? decision)}` },
  'approval.refused': { tell: ({ reason }) => `an approval was refused: ${text(reason)}` },
  'step.started': { tell: named('began') },
  'step.succeeded': {
    tell: ({ name, duration_ms: ms, summary }) =>
      [`${text(name)} was done${typeof ms === 'number' ? ` in ${formatDuration(ms)}` : ''}`, text(summary)]
        .filter(Boolean)
        .join(': '),
  },
  'step.retry': { tell: named('failed and was to be tried again'), bad: true },
  'step.failed': { tell: named('failed'), bad: true },
  'step.unknown': { tell: named('ended in a way that nobody knows'), bad: true },
  'step.not_done': { tell: named('had not been done') },
  'step.skipped': { tell: named('was not needed') },
  'step.cancelled': { tell: named('was stopped'), bad: true },
};

export function momentsOf({ view, events, incident }: PostmortemFacts): Moment[] {
  const detection: Moment[] = incident
    ? [
        {
          at: incident.startedAt,
          who: 'reviver',
          what: redact(`detected: ${incident.title}, ${incident.detail}`),
          bad: true,
        },
      ]
    : [];
  const told = events.flatMap(({ at, kind, actor, data }): Moment[] => {
    const how = Object.hasOwn(TOLD, kind) ? TOLD[kind] : undefined;
    return how ? [{ at, who: actor, what: redact(how.tell(data)), bad: how.bad === true }] : [];
  });
  const said = view.feedback.notes.map(({ at, author, text }) => ({
    at,
    who: author,
    what: redact(`noted: ${text}`),
    bad: false,
  }));
  return [...detection, ...told, ...said].sort((a, b) => +a.at - +b.at);
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
