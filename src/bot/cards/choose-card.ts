import type { Incident } from '../../engine/engine.js';
import type { Plan } from '../../engine/model/plan.js';
import type { Service } from '../../engine/model/service.js';
import type { Button, Card } from '../port.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { incidentName, incidentTitle } from './incident-card.js';
import { alternative, riskWords } from './recovery-facts.js';
import { dotted, oneField } from './words.js';

/** As many as a person reads. */
const MOST_SERVICES = 10;

/** What could be done about an incident, the proposed plan first. Private: a press is a command like any other. */
export function choosePlanCard(incident: Incident, plan: Plan, words: Words): Card {
  const others = plan.alternatives.filter(({ reason }) => !reason.startsWith('not possible'));
  const why = oneField(retold(words, plan.explanation), 200);
  return {
    tone: 'neutral',
    title: words.incident.plans(incidentTitle(incident, words)),
    lines: [
      dotted(oneField(plan.name, 60), why, riskWords(plan, words)),
      ...plan.alternatives.map((other) => alternative(other, words)),
    ],
    buttons: [
      { label: `Recover ${plan.name}`, command: start(plan.service, plan.kind, plan.name), style: 'primary' },
      ...others.map(
        ({ kind, name }): Button => ({ label: `Recover ${name}`, command: start(plan.service, kind, name) }),
      ),
      { label: 'Details', command: `plan ${plan.service}` },
    ],
  };
}

/** Of an alert that is about no service that is known. */
export function chooseServiceCard(incident: Incident, services: readonly Service[], words: Words): Card {
  const what = incidentTitle(incident, words);
  return {
    tone: 'neutral',
    title: services.length === 0 ? words.incident.noPlan(what) : words.incident.which(what),
    lines: [],
    buttons: services.slice(0, MOST_SERVICES).map(({ name }) => ({
      label: `Choose ${name}`,
      command: `choose ${incidentName(incident.id)} ${name}`,
    })),
  };
}

function start(service: string, kind: Plan['kind'], name: string): string {
  return kind === 'runbook' ? `${service} --runbook ${name}` : `${service} --strategy ${name}`;
}
