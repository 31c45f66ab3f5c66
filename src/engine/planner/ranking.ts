import { formatDuration } from '../model/duration.js';
import type { Plan } from '../model/plan.js';
import { recoveryName } from '../model/recovery.js';
import type { Evidence } from './evidence.js';

/** What decides the place of a candidate. */
export interface Standing {
  kind: Plan['kind'];
  name: string;
  evidence: Evidence;
  /** 0 .. 1 */
  relevance: number;
  /** Before it is compiled: declared, or the riskiest of its actions. 0 .. 1 */
  risk: number;
}

/** The whole of it takes so much of a score: enough for a tie, too little to outweigh what works. */
const RISK = 0.1;
const DURATION = 0.05;
const LONG_MS = 10 * 60_000;

export function scoreOf(standing: Standing): number {
  const { relevance, evidence } = standing;
  return relevance * evidence.posterior * riskFactor(standing) * durationFactor(standing);
}

/** The best first; runbooks before strategies. Equal ones keep their order, which is that of the configuration. */
export function ranked<S extends Standing>(standings: readonly S[]): S[] {
  return [...standings].sort((a, b) => kindOrder(a) - kindOrder(b) || difference(b, a));
}

/** Differences that come from rounding are none. */
function difference(a: Standing, b: Standing): number {
  const by = scoreOf(a) - scoreOf(b);
  return Math.abs(by) < 1e-9 ? 0 : by;
}

/** One phrase: why `other` stands behind `chosen`. */
export function whyNot(other: Standing, chosen: Standing): string {
  const last = other.evidence.failedLast;
  if (last.length >= 2)
    return `failed the last ${last.length} times${last[0] ? `, last ${recoveryName(last[0].id)}` : ''}`;
  if (kindOrder(other) > kindOrder(chosen)) return 'a runbook that fits goes before a strategy';
  if (difference(other, chosen) >= 0) return 'as good, and later in the configuration';
  return mostBehind(other, chosen);
}

function mostBehind(other: Standing, chosen: Standing): string {
  const behind = [
    { by: chosen.relevance / other.relevance, says: `${chosen.name} fits the incident better` },
    { by: chosen.evidence.posterior / other.evidence.posterior, says: workedLess(other, chosen) },
    { by: riskFactor(chosen) / riskFactor(other), says: `riskier than ${chosen.name}` },
    { by: durationFactor(chosen) / durationFactor(other), says: `takes longer${took(other)}` },
  ];
  return behind.reduce((most, one) => (one.by > most.by ? one : most)).says;
}

function workedLess({ evidence }: Standing, chosen: Standing): string {
  const { elsewhere, otherIncidents } = evidence;
  const tries = evidence.successes + evidence.failures;
  if (elsewhere.failures > elsewhere.successes && (tries === 0 || otherIncidents))
    return 'failed on other services in incidents like this one';
  if (otherIncidents) return 'worked in other incidents alone';
  const chosenTries = chosen.evidence.successes + chosen.evidence.failures;
  // The counts are of all incidents, the order is of those alike: a count that shows no less must not be its reason.
  const shownLess =
    evidence.failures > 0 &&
    (chosenTries === 0 || evidence.successes * chosenTries < chosen.evidence.successes * tries);
  if (tries > 0 && shownLess) return `worked less often: ${evidence.successes} of ${tries}`;
  if (tries > 0) return 'worked less often in incidents like this one';
  return chosenTries > 0 ? `not tried yet, and ${chosen.name} worked` : `${chosen.name} is advised for such a service`;
}

function took({ evidence: { medianMs } }: Standing): string {
  return medianMs === undefined ? '' : `, ${formatDuration(medianMs)}`;
}

function kindOrder({ kind }: Standing): number {
  return kind === 'strategy' ? 1 : 0;
}

function riskFactor({ risk }: Standing): number {
  return 1 - RISK * risk;
}

function durationFactor({ evidence: { medianMs = 0 } }: Standing): number {
  return 1 - DURATION * Math.min(1, medianMs / LONG_MS);
}
