import type { Circumstances } from '../model/plan.js';
import type { Service } from '../model/service.js';
import type { PastOutcome } from './evidence.js';
import { type Freeze, freezesAt } from './freeze/freeze.js';
import { dependentsOf } from './risk.js';

/** What of a moment makes a plan riskier than its steps are. */
export interface RaiseRules {
  freezes: readonly Freeze[];
  /** A runbook whose last verified success is older than this counts as not proven. */
  provenWithinMs: number;
}

const DAY_MS = 86_400_000;

export const DEFAULT_RAISES: RaiseRules = { freezes: [], provenWithinMs: 90 * DAY_MS };

/** A run of a plan for a service that ended well, and whose end was verified by a health check. */
export interface Proof {
  kind: PastOutcome['kind'];
  name: string;
  at: Date;
}

const RECENT_DAYS = 7;

/**
 * What decides on the risk of a plan besides its steps. `proofs`: the last ones of the service; undefined: there is
 * nothing to look them up in.
 */
export function circumstancesOf(
  plan: { kind: PastOutcome['kind']; name: string },
  service: Service,
  seen: {
    services: readonly Service[];
    past: readonly PastOutcome[];
    proofs: readonly Proof[] | undefined;
    raises: RaiseRules;
    now: Date;
  },
): Circumstances {
  const isIts = (one: { kind: string; name: string }) => one.kind === plan.kind && one.name === plan.name;
  const daysAgo = (at: Date) => Math.max(0, seen.now.getTime() - at.getTime()) / DAY_MS;
  const proof = seen.proofs?.find(isIts);
  const days = seen.proofs && (proof ? Math.floor(daysAgo(proof.at)) : null);
  return {
    freezes: freezesAt(seen.raises.freezes, service.name, seen.now),
    dependents: dependentsOf(service.name, seen.services),
    recentFailures: seen.past.filter((one) => isIts(one) && !one.succeeded && daysAgo(one.endedAt) <= RECENT_DAYS)
      .length,
    ...(days === undefined ? {} : { daysSinceProven: days }),
  };
}
