import type { Incident } from '../../engine/engine.js';
import { incidentName, incidentTitle } from '../cards/incident-card.js';
import { capital, oneLine } from '../cards/words.js';
import type { CommandContext } from './command.js';
import { Mistake } from './mistake.js';

/** 3 of `I-3`; undefined for anything else: a bare number is a recovery's. */
export function parseIncidentName(text: string): number | undefined {
  const id = /^i-(\d{1,9})$/i.exec(text)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** The incident that `I-3` names, or the open one of an alert or a service of that name. Throws `Mistake`. */
export async function resolveIncident(
  word: string | undefined,
  { engine, words }: CommandContext,
  verb: string,
): Promise<Incident> {
  const id = word === undefined ? undefined : parseIncidentName(word);
  if (id !== undefined) return engine.incident(id);
  const open = await engine.openIncidents();
  const meant = word === undefined ? open : open.filter((incident) => isNamed(incident, word));
  const [only, ...others] = meant;
  if (only !== undefined && others.length === 0 && word !== undefined) return only;
  const candidates = (meant.length > 0 ? meant : open).slice(0, 5);
  const names = candidates.map((incident) => incidentTitle(incident, words));
  const shown = oneLine(word ?? '', 60);
  throw new Mistake(
    'not_found',
    ({ incident: say }) =>
      meant.length > 0 && word !== undefined ? say.several(shown, names) : say.noneOpen(shown, names),
    candidates.map((incident) => ({
      label: `${capital(verb)} ${incidentName(incident.id)}`,
      command: `${verb} ${incidentName(incident.id)}`,
    })),
  );
}

/** The newest open one of an alert or a service of that name. */
export async function findIncident(word: string, { engine }: CommandContext): Promise<Incident | undefined> {
  return (await engine.openIncidents()).find((incident) => isNamed(incident, word));
}

function isNamed({ alert, title, service, about }: Incident, word: string): boolean {
  const names = [alert?.name ?? title, service, about];
  return names.some((name) => name?.toLowerCase() === word.toLowerCase());
}
