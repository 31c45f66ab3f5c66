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

/** `I-3 · RedisDown · redis` */
export function incidentTitle(incident: Incident, words: Words): string {
  return dotted(incidentName(incident.id), name(incident, words));
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
  const lines = [...saying(incident, words), ...besides(incident, now, words)];
  return parentCard(
    {
      tone: taken ? 'attention' : 'firing',
      title: dotted(
        name(incident, words),
        taken ? `${say.acknowledged(acknowledger(incident))}, ${fires}` : fires,
        say.severity(incident.severity),
        counted(incident, words),
      ),
      lines: [
        ...lines,
        ...(recovery ? [tried(recovery, words)] : []),
        ...(remedy ? remedyLines(remedy, words) : []),
        ...(incident.service === null ? [say.unmapped] : []),
      ],
      buttons: [...startButtons(incident), ...acknowledge(incident), ...further(incident)],
    },
    words,
  );
}

function recovering(incident: Incident, view: RecoveryView, words: Words): Card {
  const how = words.incident.recovering(recoveryName(view.recovery.id));
  return parentCard(
    {
      tone: view.recovery.state === 'AWAITING_APPROVAL' ? 'waiting' : 'attention',
      title: dotted(name(incident, words), how, people(view, words), several(incident, words)),
      lines: [...saying(incident, words), planLine(view, words)],
      buttons: [detailsButton(view.recovery.id), ...acknowledge(incident)],
    },
    words,
  );
}

function resolved(incident: Incident, { recovery }: IncidentContext, words: Words): Card {
  const { firing: still = 0 } = incident;
  const by = recovery?.recovery.state === 'SUCCEEDED' ? recovery : undefined;
  const lasted = incident.resolvedAt ? +incident.resolvedAt - +incident.startedAt : undefined;
  const what = by
    ? words.incident.recovered(totalMs(by), recoveryName(by.recovery.id))
    : words.incident.resolvedByItself(lasted);
  return {
    tone: 'good',
    title: dotted(name(incident, words), what, by && people(by, words), several({ ...incident, firing: 0 }, words)),
    lines: still > 0 ? [words.incident.stillFiring(still)] : [],
    buttons: by ? [detailsButton(by.recovery.id)] : [],
  };
}

/** The alert's own name comes first, and may be anybody's words: it cannot begin a field of ours. */
function name({ alert, title, service, about, fingerprint }: Incident, words: Words): string {
  const own = alert === undefined && isOwnIncident({ service, fingerprint });
  const what = oneField(alert?.name ?? (own ? retold(words, title) : title));
  return dotted(what, service ?? (about === undefined ? undefined : oneField(about, 60)));
}

/** How many alerts it is. What Reviver finds by itself, and says again, is none. */
function counted(incident: Incident, { incident: say }: Words): string | undefined {
  const all = incident.alerts ?? (isOwnIncident(incident) ? 0 : incident.count);
  if (all === 0) return undefined;
  const { firing: still = all } = incident;
  return still > 0 && still < all ? say.alertsFiring(still, all) : say.alerts(all);
}

/** While it is looked after, or over, one is no news. */
function several(incident: Incident, words: Words): string | undefined {
  return (incident.alerts ?? 0) > 1 ? counted(incident, words) : undefined;
}

/** What Reviver's own check found is told; what an alert says is marked as its words, and quoted. */
function saying(incident: Incident, words: Words): string[] {
  const own = isOwnIncident(incident);
  const found = incident.found ?? (own && incident.alert === undefined ? incident.detail : '');
  const detail = quotable(incident.alert?.says ?? (own ? '' : incident.detail), 400);
  return [oneLine(retold(words, found), 400), detail && words.incident.says(detail)].filter(Boolean);
}

/** Silence, and what `auto_recover` has decided. */
function besides({ silence, auto }: Incident, now: Date, words: Words): string[] {
  const { incident: say } = words;
  const because = auto && oneField(retold(words, auto.because), 200);
  return [
    ...(silence ? [say.silenced(+silence.until - +now, oneField(silence.by, 60))] : []),
    ...(auto?.shadow && because ? [say.wouldHaveRun(oneField(auto.plan ?? '', 60), because)] : []),
    ...(auto && !auto.start && !auto.shadow && because ? [say.notByItself(because)] : []),
  ];
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

function startButtons({ id, service }: Incident): Button[] {
  const choose: Button = { label: 'Choose plan', command: `choose ${incidentName(id)}` };
  return service === null ? [choose] : [{ label: 'Recover', command: service, style: 'primary' }, choose];
}

function acknowledge(incident: Incident): Button[] {
  return incident.state === 'open' ? [{ label: 'Acknowledge', command: `ack ${incidentName(incident.id)}` }] : [];
}

function further({ id, silence }: Incident): Button[] {
  const verb = silence ? 'unsilence' : 'silence';
  return [
    { label: silence ? 'Unsilence' : 'Silence', command: `${verb} ${incidentName(id)}` },
    { label: 'Escalate', command: `escalate ${incidentName(id)}` },
  ];
}
