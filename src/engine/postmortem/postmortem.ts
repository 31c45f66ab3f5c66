import type { Incident, RecoveryView } from '../engine.js';
import { formatDuration } from '../model/duration.js';
import { type RecoveryStep, recoveryName } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import type { StoredEvent } from '../ports.js';
import { lessonsOf } from './lessons.js';
import { type Moment, momentsOf } from './moments.js';

/** All that is known of an incident and its recovery when people look back at it. */
export interface PostmortemFacts {
  view: Pick<RecoveryView, 'recovery' | 'steps' | 'approvals' | 'feedback' | 'at'>;
  /** Of the recovery, the oldest first. */
  events: readonly StoredEvent[];
  incident?: Pick<Incident, 'id' | 'title' | 'detail' | 'startedAt' | 'acknowledgedBy'>;
}

/** A stretch of time in the picture. */
export interface Stretch {
  name: string;
  kind: 'wait' | 'step' | 'undo';
  from: Date;
  to: Date;
  ok: boolean;
}

/** What happened, how long it took, what was lost, and what to change. */
export interface Postmortem {
  /** `R-12` */
  recovery: string;
  service: string;
  title: string;
  state: string;
  plan: string;
  why: string;
  requestedBy: string;
  detectedAt: Date;
  /** When it was over, or the moment of the look. */
  endedAt: Date;
  over: boolean;
  /** Name to milliseconds. */
  durations: [string, number][];
  /** Milliseconds from detection to recovered; absent: it was not recovered. */
  rtoMs?: number;
  /** Milliseconds between the data that were restored and the detection; absent: nothing was restored. */
  rpoMs?: number;
  timeline: Moment[];
  stretches: Stretch[];
  lessons: string[];
}

/** The source document's checklist for after an incident. */
export const CHECKLIST = [
  'All services are back, and their data are current.',
  'What happened, when it was noticed, and the actual RPO and RTO are above: add what only people know.',
  'Runbooks are changed wherever a step needed a hand.',
  'Further automatic checks are planned, if this was a new kind of problem.',
];

/** By the facts alone: the same recovery gives the same document. */
export function postmortem(facts: PostmortemFacts): Postmortem {
  const { view, incident } = facts;
  const { recovery, approvals } = view;
  const detectedAt = incident?.startedAt ?? recovery.createdAt;
  const endedAt = recovery.endedAt ?? view.at;
  const rpoMs = lostMs(view.steps, detectedAt);
  const decided = approvals.flatMap(({ decidedAt }) => (decidedAt ? [decidedAt] : []));
  const answered = decided.length > 0 ? new Date(Math.max(...decided.map(Number))) : undefined;
  return {
    recovery: recoveryName(recovery.id),
    service: recovery.service,
    title: redact(incident?.title ?? (recovery.reason || `${recovery.plan.name} for ${recovery.service}`)),
    state: recovery.state,
    plan: recovery.plan.name,
    why: redact(recovery.plan.explanation),
    requestedBy: recovery.requestedBy,
    detectedAt,
    endedAt,
    over: recovery.endedAt !== null,
    durations: [
      ...between('from detection to the request', detectedAt, recovery.createdAt),
      ...between('until people had decided', recovery.createdAt, answered),
      ...between('until it began', recovery.createdAt, recovery.startedAt ?? undefined),
      ['of work', recovery.activeMs],
      ...between('in all', detectedAt, endedAt),
    ],
    ...(recovery.state === 'SUCCEEDED' ? { rtoMs: +endedAt - +detectedAt } : {}),
    ...(rpoMs === undefined ? {} : { rpoMs }),
    timeline: momentsOf(facts),
    stretches: stretchesOf(facts, detectedAt, endedAt),
    lessons: lessonsOf(facts, { detectedAt, ...(answered ? { answered } : {}) }).map((one) => redact(one)),
  };
}

/** `RTO 4.2 min · RPO 1 h`; what is not known is left out. */
export function figuresOf({ rtoMs, rpoMs }: Postmortem): string[] {
  return [
    ...(rtoMs === undefined ? [] : [`RTO ${formatDuration(rtoMs)}`]),
    ...(rpoMs === undefined ? [] : [`RPO ${formatDuration(rpoMs)}`]),
  ];
}

function between(name: string, from: Date, to: Date | undefined): [string, number][] {
  return to && +to >= +from ? [[name, +to - +from]] : [];
}

/** What was written between the backup that was restored and the detection did not come back. */
function lostMs(steps: readonly RecoveryStep[], detectedAt: Date): number | undefined {
  const restored = steps.filter(
    ({ action, kind, state }) => action === 'restore_backup' && kind === 'do' && state === 'succeeded',
  );
  const times = restored.flatMap(({ result }) =>
    typeof result?.created_at === 'string' ? [Date.parse(result.created_at)] : [],
  );
  const known = times.filter(Number.isFinite);
  return known.length > 0 ? Math.max(0, +detectedAt - Math.min(...known)) : undefined;
}

function stretchesOf({ view }: PostmortemFacts, detectedAt: Date, endedAt: Date): Stretch[] {
  const { recovery, steps, approvals } = view;
  const waits: Stretch[] = [
    ...(+recovery.createdAt > +detectedAt
      ? [{ name: 'nobody acts', kind: 'wait' as const, from: detectedAt, to: recovery.createdAt, ok: true }]
      : []),
    ...approvals.map(({ createdAt, decidedAt, state }) => ({
      name: 'people decide',
      kind: 'wait' as const,
      from: createdAt,
      to: decidedAt ?? endedAt,
      ok: state !== 'rejected' && state !== 'expired',
    })),
  ];
  const worked = steps.flatMap((step): Stretch[] =>
    step.startedAt
      ? [
          {
            name: redact(step.name),
            kind: step.kind === 'undo' ? 'undo' : 'step',
            from: step.startedAt,
            to: step.endedAt ?? endedAt,
            ok: step.state === 'succeeded' || step.state === 'running',
          },
        ]
      : [],
  );
  return [...waits, ...worked].sort((a, b) => +a.from - +b.from);
}
