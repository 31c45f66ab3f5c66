import { formatDuration } from '../model/duration.js';
import type { Plan, PlanEvidence } from '../model/plan.js';
import { recoveryName } from '../model/recovery.js';
import type { Prior } from './priors.js';

/** How one earlier recovery went. */
export interface PastOutcome {
  id: number;
  kind: Plan['kind'];
  name: string;
  succeeded: boolean;
  activeMs: number;
  endedAt: Date;
  /** Absent: the one that is planned for. */
  service?: string;
  /** By which its incident is compared; none: nothing is known of it. */
  lexemes?: readonly string[];
  /** What people said afterwards: how many that it helped, and how many that it did not. */
  ratings?: { helped: number; not: number };
}

/** An outcome, and how much its incident is like the one that is planned for: 0 to 1. */
export interface Weighed extends PastOutcome {
  likeness: number;
  /** Of the service that is planned for. */
  own: boolean;
}

export interface Evidence {
  /** Of this plan on this service, in incidents like this one. */
  successes: number;
  failures: number;
  /** These are of incidents unlike this one, for want of others. */
  otherIncidents: boolean;
  /** On other services, in incidents like this one. */
  elsewhere: { successes: number; failures: number };
  medianMs: number | undefined;
  last: PastOutcome | undefined;
  /** How many of the latest like this one failed in a row, on this service or elsewhere; the first of them is the latest. */
  failedLast: readonly PastOutcome[];
  /** Expected rate of success, strictly between 0 and 1; see docs/planning.md. */
  posterior: number;
  /** The outcomes that weigh most. */
  telling: readonly PastOutcome[];
}

const HALF_LIFE_DAYS = 60;
/** Each later outcome of the same kind of incident makes an earlier one weigh less: what changed is noticed after a few. */
const LATER = 0.75;
/** What came later on another service says so much of that. */
const NEWS = 0.5;
/** What other services say counts as at most so many outcomes of this one. */
const MOST_FROM_ELSEWHERE = 4;
/** What a plan did to the service in incidents unlike this one counts as so much of an outcome, all together. */
const OTHER_INCIDENTS = 0.5;
/** An opinion is a part of an outcome. */
const RATING = 0.5;
/** From here on an incident is one like this. */
export const ALIKE = 0.3;
const MOST_TELLING = 5;

/** No outcome yet: even. */
export const EVEN: Prior = { mean: 0.5, strength: 2 };

/** @param trust in what other services say, 0 to 1; see `trustIn` */
export function evidenceFor(
  kind: PastOutcome['kind'],
  name: string,
  past: readonly (PastOutcome & Partial<Weighed>)[],
  now: Date,
  prior: Prior = EVEN,
  trust = 1,
): Evidence {
  const all = past
    .filter((outcome) => outcome.kind === kind && outcome.name === name)
    .map((outcome) => ({ likeness: 1, own: true, ...outcome }))
    .sort((a, b) => b.endedAt.getTime() - a.endedAt.getTime() || b.id - a.id);
  const own = all.filter((outcome) => outcome.own);
  const others = all.filter((outcome) => !outcome.own && outcome.likeness >= ALIKE);
  const same = own.filter((outcome) => !unlike(outcome));
  const counted = same.length > 0 || others.length > 0 ? same : own;
  const good = counted.filter((outcome) => outcome.succeeded);
  const alike = all.filter((outcome) => outcome.likeness >= ALIKE);
  const firstGood = alike.findIndex((outcome) => outcome.succeeded);
  const pooled = mean(prior, weigh(others, now, trust));
  const elsewhere = { mean: pooled.mean, strength: Math.min(pooled.strength, MOST_FROM_ELSEWHERE) };
  const from = mean(elsewhere, atMost(OTHER_INCIDENTS, weigh(own.filter(unlike), now)));
  return {
    successes: good.length,
    failures: counted.length - good.length,
    otherIncidents: counted.length > 0 && same.length === 0,
    elsewhere: {
      successes: others.filter((outcome) => outcome.succeeded).length,
      failures: others.filter((outcome) => !outcome.succeeded).length,
    },
    medianMs: median((good.length > 0 ? good : others.filter((one) => one.succeeded)).map(({ activeMs }) => activeMs)),
    last: counted[0] ?? others[0],
    failedLast: firstGood < 0 ? alike : alike.slice(0, firstGood),
    posterior: mean(from, weigh(same, now, 1, { others, trust })).mean,
    telling: [...own, ...others]
      .sort((a, b) => telling(b, now) - telling(a, now) || b.id - a.id)
      .slice(0, MOST_TELLING),
  };
}

/** Before anything was seen, most services are like others. */
const USUAL_ODDS = 9;
/** Latest outcomes that say whether a service is like others. */
const JUDGED = 8;

/**
 * How much a service is like others in this kind of incident, 0 to 1: what worked and failed on it, compared with what others let
 * expect. Where plans that work elsewhere fail on it, what others say of the remaining ones counts less, too.
 */
export function trustIn(past: readonly Weighed[], now: Date): number {
  const others = past.filter((outcome) => !outcome.own && outcome.likeness >= ALIKE);
  const judged = past
    .filter((outcome) => outcome.own && outcome.likeness >= ALIKE)
    .sort((a, b) => b.endedAt.getTime() - a.endedAt.getTime() || b.id - a.id)
    .slice(0, JUDGED);
  const odds = judged.reduce((odds, { kind, name, likeness, succeeded }) => {
    const same = others.filter((other) => other.kind === kind && other.name === name);
    const expected = mean(EVEN, weigh(same, now)).mean;
    return odds * ((succeeded ? expected : 1 - expected) / 0.5) ** likeness;
  }, USUAL_ODDS);
  return odds / (1 + odds);
}

function unlike({ likeness }: Weighed): boolean {
  return likeness < ALIKE;
}

/** The same, with no more weight together than this. */
function atMost(most: number, outcomes: readonly Heavy[]): Heavy[] {
  const all = outcomes.reduce((sum, { weight }) => sum + weight, 0);
  return all <= most ? [...outcomes] : outcomes.map(({ weight, value }) => ({ weight: (weight * most) / all, value }));
}

interface Heavy {
  weight: number;
  /** 1 it helped .. 0 it did not. */
  value: number;
}

/** The latest first: each weighs by its age, its likeness, and how many like it came later. */
function weigh(
  outcomes: readonly Weighed[],
  now: Date,
  trust = 1,
  news: { others: readonly Weighed[]; trust: number } = { others: [], trust: 0 },
): Heavy[] {
  let later = 0;
  return outcomes.map((outcome) => {
    const elsewhere = news.others.filter(({ endedAt }) => endedAt > outcome.endedAt);
    const heard = NEWS * news.trust * elsewhere.reduce((sum, { likeness }) => sum + likeness, 0);
    const weight = trust * age(outcome, now) * outcome.likeness * LATER ** (later + heard);
    later += outcome.likeness;
    return { weight, value: worth(outcome) };
  });
}

function worth({ succeeded, ratings = { helped: 0, not: 0 } }: PastOutcome): number {
  const { helped, not } = ratings;
  return (Number(succeeded) + RATING * helped) / (1 + RATING * (helped + not));
}

function mean({ mean: before, strength }: Prior, outcomes: readonly Heavy[]): Prior {
  const total = outcomes.reduce((sum, { weight }) => sum + weight, strength);
  const good = outcomes.reduce((sum, { weight, value }) => sum + weight * value, strength * before);
  return { mean: good / total, strength: total };
}

function age({ endedAt }: PastOutcome, now: Date): number {
  return 0.5 ** (Math.max(0, now.getTime() - endedAt.getTime()) / 86_400_000 / HALF_LIFE_DAYS);
}

function telling(outcome: Weighed, now: Date): number {
  return age(outcome, now) * outcome.likeness * (outcome.own ? 1 : 0.5);
}

/** As a plan keeps it. */
export function toPlanEvidence({ telling }: Evidence, service: string): PlanEvidence[] {
  return telling.map((outcome) => ({
    recovery: outcome.id,
    service: outcome.service ?? service,
    succeeded: outcome.succeeded,
    activeMs: outcome.activeMs,
    at: outcome.endedAt.toISOString(),
  }));
}

/** `worked 9 of 10 times for redis, median 12 s, last R-33` */
export function describeEvidence(evidence: Evidence, service: string): string {
  const { medianMs, last } = evidence;
  const tries = evidence.successes + evidence.failures;
  const details = `${medianMs === undefined ? '' : `, median ${formatDuration(medianMs)}`}${last ? `, last ${recoveryName(last.id)}` : ''}`;
  if (tries > 0)
    return `${timesOf(evidence)} for ${service}${evidence.otherIncidents ? ' in other incidents' : ''}${details}`;
  const { elsewhere } = evidence;
  if (elsewhere.successes + elsewhere.failures === 0) return `no history for ${service} yet`;
  return `${timesOf(elsewhere)} for other services in incidents like this one${details}`;
}

function timesOf({ successes, failures }: { successes: number; failures: number }): string {
  const tries = successes + failures;
  if (tries === 1) return successes === 1 ? 'worked the one time it was tried' : 'failed the one time it was tried';
  return `worked ${successes} of ${tries} times`;
}

function median(values: number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
