import type { Incident, RecoveryView } from '../../engine/engine.js';
import { formatDuration } from '../../engine/model/duration.js';
import type { Plan } from '../../engine/model/plan.js';
import { isTerminal, recoveryName } from '../../engine/model/recovery.js';
import type { Button, Card } from '../port.js';
import { detailsButton } from './buttons.js';
import { people, planLine, totalMs } from './recovery-facts.js';
import { about, count, dotted, oneLine } from './words.js';

/** People see an incident as `I-3`. */
export function incidentName(id: number): string {
  return `I-${id}`;
}

/** The post is drawn anew once a minute: a shorter age would be untrue as soon as it is read. */
const SAID_FROM_MS = 5_000;

/** What else is known when the post is drawn. */
export interface IncidentContext {
  now: Date;
  /** The latest recovery for it. */
  recovery?: RecoveryView;
  /** What `Recover` would do, while nobody has started anything. */
  remedy?: Plan;
}

/** The one post of an incident: it follows it from firing to recovered. */
export function incidentCard(incident: Incident, context: IncidentContext): Card {
  if (incident.state === 'resolved') return resolved(incident, context);
  const { recovery } = context;
  return recovery && !isTerminal(recovery.recovery.state) ? recovering(incident, recovery) : firing(incident, context);
}

function firing(incident: Incident, { now, recovery, remedy }: IncidentContext): Card {
  const ageMs = +now - +incident.startedAt;
  const fires = ageMs < SAID_FROM_MS ? 'firing' : `firing for ${about(ageMs)}`;
  const state =
    incident.state === 'acknowledged' ? `acknowledged by ${incident.acknowledgedBy ?? 'someone'}, ${fires}` : fires;
  return {
    tone: incident.state === 'acknowledged' ? 'attention' : 'firing',
    title: dotted(
      name(incident),
      state,
      severity(incident.severity),
      incident.count > 1 && count(incident.count, 'alert'),
    ),
    lines: [oneLine(incident.detail, 400), recovery && tried(recovery), ...(remedy ? remedyLines(remedy) : [])].filter(
      (line): line is string => Boolean(line),
    ),
    buttons: [...startButtons(incident, remedy), ...acknowledge(incident)],
  };
}

function recovering(incident: Incident, view: RecoveryView): Card {
  return {
    tone: view.recovery.state === 'AWAITING_APPROVAL' ? 'waiting' : 'attention',
    title: dotted(name(incident), `recovering, ${recoveryName(view.recovery.id)}`, people(view)),
    lines: [oneLine(incident.detail, 400), planLine(view)].filter(Boolean),
    buttons: [detailsButton(view.recovery.id), ...acknowledge(incident)],
  };
}

function resolved(incident: Incident, { recovery }: IncidentContext): Card {
  const by = recovery?.recovery.state === 'SUCCEEDED' ? recovery : undefined;
  const lasted = incident.resolvedAt ? ` after ${about(+incident.resolvedAt - +incident.startedAt)}` : '';
  const what = by
    ? `recovered in ${formatDuration(totalMs(by))} by ${recoveryName(by.recovery.id)}`
    : `resolved by itself${lasted}`;
  return {
    tone: 'good',
    title: dotted(name(incident), what, by && people(by)),
    lines: [],
    buttons: by ? [detailsButton(by.recovery.id)] : [],
  };
}

function name(incident: Incident): string {
  return dotted(oneLine(incident.title, 120), incident.service);
}

function tried(view: RecoveryView): string {
  const how = view.recovery.state.toLowerCase().replace('_', ' ');
  return `${recoveryName(view.recovery.id)} did not help: ${how}${view.recovery.outcome?.message ? `, ${oneLine(view.recovery.outcome.message, 150)}` : ''}`;
}

function remedyLines(plan: Plan): string[] {
  const steps = plan.steps.map((step) => oneLine(step.name, 60)).join(', ');
  return [
    `Remedy: ${plan.name} — ${steps}. Risk ${plan.risk}.`,
    ...(plan.explanation ? [`Why: ${oneLine(plan.explanation)}`] : []),
  ];
}

function startButtons(incident: Incident, remedy: Plan | undefined): Button[] {
  const plan: Button = { label: 'Details', command: `plan ${incident.service}` };
  return [{ label: 'Recover', command: incident.service, style: 'primary' }, ...(remedy ? [plan] : [])];
}

function acknowledge(incident: Incident): Button[] {
  return incident.state === 'open' ? [{ label: 'Acknowledge', command: `ack ${incidentName(incident.id)}` }] : [];
}

function severity(value: number): string {
  if (value >= 0.9) return 'critical';
  if (value >= 0.7) return 'high';
  return value >= 0.4 ? 'medium' : 'low';
}
