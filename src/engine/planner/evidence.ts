import { formatDuration } from '../model/duration.js';
import type { Plan } from '../model/plan.js';
import { recoveryName } from '../model/recovery.js';

/** How one earlier recovery of the service went. */
export interface PastOutcome {
  id: number;
  kind: Plan['kind'];
  name: string;
  succeeded: boolean;
  activeMs: number;
  endedAt: Date;
}

export interface Evidence {
  successes: number;
  failures: number;
  medianMs: number | undefined;
  last: PastOutcome | undefined;
  /** Posterior mean of success, Beta(1, 1) prior, an outcome's weight halving every `HALF_LIFE_DAYS`. */
  posterior: number;
}

const HALF_LIFE_DAYS = 60;

export function evidenceFor(
  kind: PastOutcome['kind'],
  name: string,
  past: readonly PastOutcome[],
  now: Date,
): Evidence {
  const own = past.filter((outcome) => outcome.kind === kind && outcome.name === name);
  const weight = (outcome: PastOutcome) =>
    0.5 ** ((now.getTime() - outcome.endedAt.getTime()) / 86_400_000 / HALF_LIFE_DAYS);
  const sum = (outcomes: PastOutcome[]) => outcomes.reduce((total, outcome) => total + weight(outcome), 0);
  const good = own.filter((outcome) => outcome.succeeded);
  const bad = own.filter((outcome) => !outcome.succeeded);
  return {
    successes: good.length,
    failures: bad.length,
    medianMs: median(good.map((outcome) => outcome.activeMs)),
    last: own.reduce<PastOutcome | undefined>(
      (last, outcome) => (!last || outcome.id > last.id ? outcome : last),
      undefined,
    ),
    posterior: (1 + sum(good)) / (2 + sum(own)),
  };
}

/** `worked 9 of 10 times for redis, median 12 s, last R-33` */
export function describeEvidence(evidence: Evidence, service: string): string {
  const tries = evidence.successes + evidence.failures;
  if (tries === 0 || !evidence.last) return `no history for ${service} yet`;
  const times =
    tries === 1
      ? evidence.successes === 1
        ? 'worked the one time it was tried'
        : 'failed the one time it was tried'
      : `worked ${evidence.successes} of ${tries} times`;
  const median = evidence.medianMs === undefined ? '' : `, median ${formatDuration(evidence.medianMs)}`;
  return `${times} for ${service}${median}, last ${recoveryName(evidence.last.id)}`;
}

function median(values: number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
