import type { Engine, Incident, RecoveryView } from '../../engine/engine.js';
import { SYSTEM } from '../../engine/model/person.js';
import type { Plan } from '../../engine/model/plan.js';
import { isTerminal } from '../../engine/model/recovery.js';
import { incidentCard } from '../cards/incident-card.js';
import { wordsOf } from '../words/languages.js';
import { everywhere, type IncidentChannels } from './audience.js';
import type { Draw } from './drawing.js';

const REFRESH_MS = 60_000;
const REMEDY_LASTS_MS = 60_000;

/** An incident's post, with what `Recover` would do as long as nobody has started anything. */
export function createDrawIncident(engine: Engine, incidents: IncidentChannels, now: () => Date): Draw {
  const remedyOf = createRemedies(engine, now);
  return async (id, language) => {
    const incident = await engine.incident(id);
    const recovery = incident.recoveryId === null ? undefined : await engine.view(incident.recoveryId);
    const remedy = wantsRemedy(incident, recovery) ? await remedyOf(incident) : undefined;
    return {
      card: incidentCard(
        incident,
        { now: now(), ...(recovery ? { recovery } : {}), ...(remedy ? { remedy } : {}) },
        wordsOf(language),
      ),
      urgency: incident.state === 'open' ? 0 : 1,
      nextMs: nextMs(incident, now()),
      // Where it stands already it is followed; nobody is told anew.
      places: incident.silence ? [] : everywhere(incidents),
      notes: [],
      thread: [],
      related: [],
    };
  };
}

/** A silence that is about to end is not told of for longer. */
function nextMs({ state, silence }: Incident, now: Date): number | null {
  if (state === 'resolved') return null;
  return silence ? Math.min(REFRESH_MS, Math.max(1_000, +silence.until - +now)) : REFRESH_MS;
}

function wantsRemedy(incident: Incident, recovery: RecoveryView | undefined): boolean {
  return (
    incident.service !== null && incident.state !== 'resolved' && (!recovery || isTerminal(recovery.recovery.state))
  );
}

/** Plans are kept for a minute: a storm of alerts on one service plans once. No plan is no reason not to post. */
function createRemedies(engine: Engine, now: () => Date) {
  const known = new Map<string, { at: number; plan: Plan | undefined }>();
  return async ({ service }: Incident): Promise<Plan | undefined> => {
    if (service === null) return undefined;
    const kept = known.get(service);
    if (kept && +now() - kept.at < REMEDY_LASTS_MS) return kept.plan;
    const plan = await engine.plan({ service }, SYSTEM).then(
      (made) => made.plan,
      () => undefined,
    );
    known.set(service, { at: +now(), plan });
    return plan;
  };
}
