import type { Incident, RecoveryView } from '../engine.js';
import { formatDuration } from '../model/duration.js';
import { type RecoveryStep, recoveryName } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import type { StoredEvent } from '../ports.js';
import { drillTimes } from '../recovery/drill-times.js';
import { lessonsOf } from './lessons.js';
import { type Moment, momentsOf } from './moments.js';
import { type Stretch, stretchesOf } from './stretches.js';

/** All that is known of an incident and its recovery when people look back at it. */
export interface PostmortemFacts {
  view: Pick<RecoveryView, 'recovery' | 'steps' | 'approvals' | 'feedback' | 'at'>;
  /** Of the recovery, the oldest first. */
  events: readonly StoredEvent[];
  incident?: Pick<Incident, 'id' | 'title' | 'detail' | 'startedAt' | 'acknowledgedBy'>;
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
  /** Milliseconds from detection to recovered, of a drill as the monitor saw it; absent: it was not recovered. */
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
  const drill = drillTimes(view);
  const { recovery, approvals } = view;
  const detectedAt = incident?.startedAt ?? recovery.createdAt;
  const endedAt = recovery.endedAt ?? view.at;
  const rpoMs = lostMs(view.steps, detectedAt);
  const decided = approvals.flatMap(({ decidedAt }) => (decidedAt ? [decidedAt] : []));
  const answered = decided.length > 0 ? new Date(Math.max(...decided.map(Number))) : undefined;
  return {
    recovery: recoveryName(recovery.id),
    service: recovery.service,
    title: redact(titleOf(recovery, incident)),
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
      ...measured('until the monitor noticed what was broken on purpose', drill?.toNoticeMs),
      ...measured('from then until it was well', drill?.toRecoverMs),
      ...between('in all', detectedAt, endedAt),
    ],
    ...(recovery.state === 'SUCCEEDED' ? { rtoMs: drill?.toRecoverMs ?? +endedAt - +detectedAt } : {}),
    ...(rpoMs === undefined ? {} : { rpoMs }),
    timeline: momentsOf(facts),
    stretches: stretchesOf(view, detectedAt, endedAt),
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

function titleOf({ plan, service, reason }: PostmortemFacts['view']['recovery'], incident?: { title: string }): string {
  if (plan.drill) return `a drill of ${service}`;
  return incident?.title ?? (reason || `${plan.name} for ${service}`);
}

function measured(name: string, ms: number | undefined): [string, number][] {
  return ms === undefined ? [] : [[name, ms]];
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
