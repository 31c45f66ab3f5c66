import { recoveryName } from '../model/recovery.js';

/** How a service's `auto_recover` earns and loses trust. */
export interface AutoRules {
  /** Recoveries that begin by themselves within an hour at most: what did not help so often needs a person. */
  limitPerHour: number;
  /** It begins by saying what it would have done. */
  shadow: boolean;
  /** So many verified runs in a row of what it would have started, and it starts by itself. */
  promoteAfter: number;
}

export const AUTO_DEFAULTS: AutoRules = { limitPerHour: 3, shadow: false, promoteAfter: 5 };

/** shadow: it says what it would have done. live: it does it. */
export interface Stage {
  stage: 'shadow' | 'live';
  /** Verified runs in a row. */
  verified: number;
  /** Number of the last recovery that was looked at. */
  seen: number;
  /** `as configured`, or what changed it, for people. */
  why: string;
}

/** A recovery that ended and that tells something about the rule: one it started, or one that ran what it would have started. */
export interface Ending {
  id: number;
  outcome: 'verified' | 'failed' | 'neither';
  automatic: boolean;
}

const AS_CONFIGURED = 'as configured';

export function firstStage(rules: AutoRules): Stage {
  return { stage: rules.shadow ? 'shadow' : 'live', verified: 0, seen: 0, why: AS_CONFIGURED };
}

/** What the configuration says holds until something was learned. */
export function stageNow(stored: Stage | undefined, rules: AutoRules): Stage {
  if (!stored) return firstStage(rules);
  return stored.why === AS_CONFIGURED ? { ...stored, stage: firstStage(rules).stage } : stored;
}

/**
 * Promoted after enough verified runs in a row; the first failure of a recovery that began by itself takes the trust away, and any
 * failure begins the count anew.
 */
export function afterEndings(stage: Stage, endings: readonly Ending[], rules: AutoRules): Stage {
  return endings.reduce((now, ending) => ({ ...learn(now, ending, rules), seen: ending.id }), stage);
}

function learn(now: Stage, { id, outcome, automatic }: Ending, { promoteAfter }: AutoRules): Stage {
  if (outcome === 'neither') return now;
  if (outcome === 'failed') {
    const lost = now.stage === 'live' && automatic;
    return { ...now, verified: 0, ...(lost ? { stage: 'shadow', why: `${recoveryName(id)} failed` } : {}) };
  }
  const verified = now.verified + 1;
  const won = now.stage === 'shadow' && verified >= promoteAfter;
  return { ...now, verified, ...(won ? { stage: 'live', why: `${verified} verified runs` } : {}) };
}
