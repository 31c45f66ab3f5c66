import type { RecoveryView } from '../../engine/engine.js';
import type { Place } from '../chat-store.js';

/** Channel for incidents of each platform that runs; a platform without one shows only what was asked on it. */
export type IncidentChannels = Readonly<Record<string, string | undefined>>;

/** The incidents channels that there are. */
export function everywhere(incidents: IncidentChannels): Place[] {
  return Object.entries(incidents).flatMap(([platform, channel]) =>
    channel === undefined ? [] : [{ platform, channel }],
  );
}

/** From here on, everyone sees a recovery, not only the channel that asked. */
const SERIOUS_RISK = 0.7;

const SERIOUS = new Set(['AWAITING_APPROVAL', 'AWAITING_MANUAL', 'FAILED', 'ROLLED_BACK']);

/**
 * Where a recovery must be seen: in the channel that asked; in the incidents channel of every other platform while it
 * waits for people or is serious, and of that one too when it was asked in private; everywhere, when it was not asked in chat.
 */
export function placesOf(view: RecoveryView, incidents: IncidentChannels): Place[] {
  const { origin, plan, state } = view.recovery;
  if (!Object.hasOwn(incidents, origin.platform) || origin.channel === undefined) return everywhere(incidents);
  const asked = { platform: origin.platform, channel: origin.channel };
  if (!SERIOUS.has(state) && plan.risk < SERIOUS_RISK) return [asked];
  const alone = origin.private === true;
  return [asked, ...everywhere(incidents).filter((place) => place.platform !== origin.platform || alone)];
}
