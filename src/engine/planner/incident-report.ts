import { InvalidInput, UserError } from '../model/errors.js';
import type { Json, JsonObject } from '../model/json.js';
import { redact } from '../model/redact.js';
import type { Service } from '../model/service.js';
import { nearest } from './nearest.js';

/** What a program tells of an incident: the planner document's Incident. */
export interface IncidentReport {
  /** The program's own name for it. */
  id: string;
  at: Date;
  /** 0..1 */
  severity: number;
  /** Whatever it knows; `service` says what it is about. */
  context: JsonObject;
}

/** Keys that alerts and monitors put their headline under. */
const HEADLINES = ['title', 'alertname', 'alert', 'summary', 'description', 'message', 'text'] as const;

/** The report in words, without secrets: a headline, and everything else that fits. */
export function inWords({ id, context }: Pick<IncidentReport, 'id' | 'context'>): { title: string; detail: string } {
  const headline = HEADLINES.map((key) => own(context, key)).find(isText);
  const rest = Object.entries(context).flatMap(([key, value]) =>
    value === headline || key === 'service' || typeof value === 'object' || value === undefined
      ? []
      : [`${key} ${String(value)}`],
  );
  return { title: line(headline ?? id, 200), detail: line(rest.join(', '), 500) };
}

/**
 * The service that a report is about: the one that `context.service` names, else the only one whose name stands in its texts
 * as a word of its own. Anything else is no plan, with what to add.
 */
export function serviceOfReport(context: JsonObject, services: readonly Service[]): Service {
  const given = own(context, 'service');
  const names = services.map(({ name }) => name);
  if (given !== undefined && given !== null) {
    const found = services.find(({ name }) => name === given);
    if (found) return found;
    const guess = isText(given) ? nearest(given, names) : undefined;
    const hint = guess === undefined ? `one of ${names.join(', ')}` : `a known service. Did you mean ${guess}?`;
    throw new InvalidInput('context.service', isText(given) ? redact(given) : given, hint);
  }
  const words = new Set(texts(context).flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}_.-]+|\.(?=\s|$)/u)));
  const [found, ...others] = services.filter(({ name }) => words.has(name.toLowerCase()));
  if (found && others.length === 0) return found;
  const why = found
    ? `The report speaks of several services: ${[found, ...others].map(({ name }) => name).join(', ')}`
    : 'The report names no service';
  throw new UserError(
    'invalid_input',
    `There is no plan. ${why}. Add "service" to its context: one of ${names.join(', ')}.`,
    { field: 'context.service', allowed: names },
  );
}

/** Of the first levels, and not of a whole log: what names the service stands at the top. */
function texts(value: Json | undefined, depth = 0): string[] {
  if (typeof value === 'string') return [value.slice(0, 10_000)];
  if (typeof value !== 'object' || value === null || depth > 3) return [];
  return Object.values(value)
    .slice(0, 200)
    .flatMap((inner) => texts(inner, depth + 1));
}

function own(of: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Secrets are looked for in no more than can be shown. */
function line(text: string, most: number): string {
  const clean = redact(text.slice(0, 4 * most))
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}
