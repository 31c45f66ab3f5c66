import type { RecoverRequest } from '../engine.js';
import { likeness } from '../knowledge/likeness.js';
import type { Known } from '../knowledge/look.js';
import { lexemesOf } from '../knowledge/tokens.js';
import type { JsonObject } from '../model/json.js';
import { redact } from '../model/redact.js';
import type { PastOutcome, Weighed } from './evidence.js';

/** Kept with a plan; what an incident is stands in its beginning. */
const LONGEST = 2_000;

/** All that is known of an incident, in its own words, without secrets. Empty: somebody only names a service. */
export function aboutOf(
  request: Pick<RecoverRequest, 'alert' | 'description' | 'reason'>,
  incident: JsonObject,
): string {
  const said = [request.alert, incident.title, incident.detail, request.description, request.reason];
  return redact([...new Set(said.filter((one) => typeof one === 'string' && one.trim() !== ''))].join('\n')).slice(
    0,
    LONGEST,
  );
}

/** Names of alerts: the one that is given, the incident's, and words of its title that look like one. */
export function alertsOf(request: Pick<RecoverRequest, 'alert'>, { title, alert }: JsonObject): string[] {
  const words = typeof title === 'string' ? title.split(/[^\w-]+/).filter((word) => /^[A-Z]\w+[A-Z]/.test(word)) : [];
  return [request.alert, alert, ...words].filter((name) => typeof name === 'string');
}

/** Of an incident that nobody has described. */
const UNKNOWN = 0.5;
/** What a plan did to the same service in another incident says a little. */
const OTHER = 0.1;

/** The service's outcomes and those of others in incidents like this one, each with how much it is like it. */
export function weighed(past: readonly PastOutcome[], known: Known, service: string): Weighed[] {
  const question = lexemesOf(known.tokens);
  const alike = ({ lexemes = [] }: PastOutcome) => likeness(question, lexemes, known.weight);
  const own = past.map((outcome) => ({
    ...outcome,
    own: true,
    likeness: likenessOfOwn(question, outcome, alike),
  }));
  const others = known.alike
    .filter((outcome) => outcome.service !== service)
    .map((outcome) => ({ ...outcome, own: false, likeness: alike(outcome) }));
  const seen = new Set(own.map(({ id }) => id));
  // A recovery of this service from long ago, in the very same kind of incident.
  const older = known.alike
    .filter((outcome) => outcome.service === service && !seen.has(outcome.id))
    .map((outcome) => ({ ...outcome, own: true, likeness: alike(outcome) }));
  return [...own, ...older, ...others];
}

function likenessOfOwn(
  question: readonly string[],
  outcome: PastOutcome,
  alike: (outcome: PastOutcome) => number,
): number {
  if (question.length === 0) return 1;
  return outcome.lexemes?.length ? Math.max(OTHER, alike(outcome)) : UNKNOWN;
}
