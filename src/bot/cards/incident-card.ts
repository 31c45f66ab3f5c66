import type { Incident, RecoveryView } from '../../engine/engine.js';
import { isOwnIncident } from '../../engine/health/own-incident.js';
import type { Plan } from '../../engine/model/plan.js';
import { isTerminal, recoveryName } from '../../engine/model/recovery.js';
import type { Button, Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { detailsButton } from './buttons.js';
import { parentCard } from './parent-card.js';
import { people, planLine, totalMs } from './recovery-facts.js';
import { dotted, oneField, oneLine, quotable } from './words.js';

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
export function incidentCard(incident: Incident, context: IncidentContext, words: Words): Card {
  const { recovery } = context;
  if (incident.state === 'resolved') return resolved(incident, context, words);
  if (recovery && !isTerminal(recovery.recovery.state)) return recovering(incident, recovery, words);
  return firing(incident, context, words);
}

function firing(incident: Incident, { now, recovery, remedy }: IncidentContext, words: Words): Card {
  const say = words.incident;
  const ageMs = +now - +incident.startedAt;
  const fires = say.firing(ageMs < SAID_FROM_MS ? undefined : ageMs);
  const taken = incident.state === 'acknowledged';
  const lines = [...saying(incident, words), ...(recovery ? [tried(recovery, words)] : [])];
  return parentCard(
    {
      tone: taken ? 'attention' : 'firing',
      title: dotted(
        name(incident, words),
        taken ? `${say.acknowledged(acknowledger(incident))}, ${fires}` : fires,
        say.severity(incident.severity),
        // What Reviver finds by itself, and says again, is no alert.
        incident.count > 1 && !isOwnIncident(incident) && say.alerts(incident.count),
      ),
      lines: [...lines, ...(remedy ? remedyLines(remedy, words) : [])],
      buttons: [...startButtons(incident, remedy), ...acknowledge(incident)],
    },
    words,
  );
}

function recovering(incident: Incident, view: RecoveryView, words: Words): Card {
  const how = words.incident.recovering(recoveryName(view.recovery.id));
  return parentCard(
    {
      tone: view.recovery.state === 'AWAITING_APPROVAL' ? 'waiting' : 'attention',
      title: dotted(name(incident, words), how, people(view, words)),
      lines: [...saying(incident, words), planLine(view, words)],
      buttons: [detailsButton(view.recovery.id), ...acknowledge(incident)],
    },
    words,
  );
}

function resolved(incident: Incident, { recovery }: IncidentContext, words: Words): Card {
  const by = recovery?.recovery.state === 'SUCCEEDED' ? recovery : undefined;
  const lasted = incident.resolvedAt ? +incident.resolvedAt - +incident.startedAt : undefined;
  const what = by
    ? words.incident.recovered(totalMs(by), recoveryName(by.recovery.id))
    : words.incident.resolvedByItself(lasted);
  return {
    tone: 'good',
    title: dotted(name(incident, words), what, by && people(by, words)),
    lines: [],
    buttons: by ? [detailsButton(by.recovery.id)] : [],
  };
}

/** Of an alert the title may be anybody's words: it cannot begin a field of ours. */
function name(incident: Incident, words: Words): string {
  return dotted(oneField(isOwnIncident(incident) ? retold(words, incident.title) : incident.title), incident.service);
}

/** What Reviver's own check found is told; what an alert says is marked as its words, and quoted. */
function saying(incident: Incident, words: Words): string[] {
  if (isOwnIncident(incident)) return [oneLine(retold(words, incident.detail), 400)].filter(Boolean);
  const detail = quotable(incident.detail, 400);
  return detail ? [words.incident.says(detail)] : [];
}

function acknowledger({ acknowledgedBy }: Incident): string | undefined {
  return acknowledgedBy === null ? undefined : oneField(acknowledgedBy, 60);
}

function tried({ recovery }: RecoveryView, words: Words): string {
  const why = oneLine(retold(words, recovery.outcome?.message ?? ''), 150);
  return words.incident.didNotHelp(recoveryName(recovery.id), recovery.state, why || undefined);
}

function remedyLines(plan: Plan, words: Words): string[] {
  const steps = plan.steps.map((step) => oneField(step.name, 60));
  return [
    words.incident.remedy(plan.name, steps, plan.risk),
    ...(plan.explanation ? [words.incident.why(oneLine(retold(words, plan.explanation)))] : []),
  ];
}

function startButtons(incident: Incident, remedy: Plan | undefined): Button[] {
  const plan: Button = { label: 'Details', command: `plan ${incident.service}` };
  return [{ label: 'Recover', command: incident.service, style: 'primary' }, ...(remedy ? [plan] : [])];
}

function acknowledge(incident: Incident): Button[] {
  return incident.state === 'open' ? [{ label: 'Acknowledge', command: `ack ${incidentName(incident.id)}` }] : [];
}
