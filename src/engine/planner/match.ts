import type { Known } from '../knowledge/look.js';
import { wordsOf } from '../knowledge/normalise.js';
import type { Service } from '../model/service.js';
import type { Runbook } from './runbook.js';
import { isTechnology, technologiesFor, technologiesOf } from './technology.js';

/** What is asked for, as far as it decides which runbook fits. */
export interface Situation {
  /** Undefined: nobody has said which. */
  service: Service | undefined;
  /** Everything that is known of the incident, in its own words. */
  text: string;
  /** Names of alerts. */
  alerts: readonly string[];
  known: Known;
}

export interface Match {
  /** 0 .. 1 */
  relevance: number;
  /** It may be chosen by itself. */
  fits: boolean;
  /** It says of itself that it is for this service. */
  declared: boolean;
  /** Why it fits, in a few words, or why it does not. */
  because: string;
}

/** Weights of what speaks for a runbook, on the scale of `writtenScores`. */
const SERVICE = 5;
const ALERT = 12;
const SYMPTOM = { short: 3, long: 5 } as const;
/** Words in a symptom from which on it is no phrase of every day. */
const LONG = 3;
/** So much must speak for a runbook that does not name the service; see docs/planning.md for where it comes from. */
export const FITS = 3.5;
/** What is left of a score where nobody has named a service, and the incident speaks of something else. */
const OTHER_TECHNOLOGY = 0.5;
/** At this score relevance is one half. */
const HALF = 4;

/** How well a runbook fits: by what it says of itself, and by what is written about it. */
export function matchOf(runbook: Runbook, { service, text, alerts, known }: Situation): Match {
  const { match } = runbook;
  const declared = service !== undefined && isFor(runbook, service);
  const alert = alerts.find((name) => match.alerts.some((pattern) => glob(pattern).test(name)));
  const words = ` ${wordsOf(text).join(' ')} `;
  const symptoms = match.symptoms.filter((phrase) => says(words, phrase));
  const written = Math.max(0, known.written.get(`runbook:${runbook.id}`) ?? 0);
  const speaksFor =
    (declared ? SERVICE : 0) +
    (alert === undefined ? 0 : ALERT) +
    symptoms.reduce((sum, phrase) => sum + (wordsOf(phrase).length < LONG ? SYMPTOM.short : SYMPTOM.long), 0) +
    written;
  const score = service || !isOfAnother(runbook, known) ? speaksFor : speaksFor * OTHER_TECHNOLOGY;
  const foreign = service && !declared ? foreignTo(runbook, service) : undefined;
  return {
    relevance: score / (score + HALF),
    fits: declared || (foreign === undefined && score >= FITS),
    declared,
    because: foreign ?? reason({ alert, symptom: symptoms[0], written, declared }),
  };
}

/** The incident speaks of another technology, and not of the runbook's. */
function isOfAnother(runbook: Runbook, { tokens }: Known): boolean {
  const spokenOf = tokens.concepts.filter(isTechnology);
  const wanted = technologiesFor(runbook);
  return wanted.length > 0 && spokenOf.length > 0 && !wanted.some((technology) => spokenOf.includes(technology));
}

/** A runbook that says nothing of when it is for is for the service that its name names. */
function isFor({ id, match }: Runbook, { name }: Service): boolean {
  if (match.services.includes(name)) return true;
  const silent = match.services.length + match.alerts.length + match.symptoms.length === 0;
  return silent && ` ${wordsOf(id).join(' ')} `.includes(` ${wordsOf(name).join(' ')} `);
}

/** Why it is for other services than this one. */
function foreignTo(runbook: Runbook, service: Service): string | undefined {
  const wanted = technologiesFor(runbook);
  const own = technologiesOf(service);
  if (wanted.some((technology) => own.includes(technology))) return undefined;
  if (wanted.length > 0) return `it is for ${wanted.map((one) => one.slice(1)).join(', ')}`;
  return runbook.match.services.length > 0 ? `it is for ${runbook.match.services.join(', ')}` : undefined;
}

function reason(found: { alert?: string; symptom?: string; written: number; declared: boolean }): string {
  if (found.alert !== undefined) return `is for the alert ${found.alert}`;
  if (found.symptom !== undefined) return `is for “${found.symptom}”`;
  if (found.written >= FITS) return 'fits what is known of the incident';
  return found.declared ? '' : 'fits the incident too little';
}

function says(words: string, phrase: string): boolean {
  const wanted = wordsOf(phrase).join(' ');
  return wanted !== '' && words.includes(` ${wanted} `);
}

/** `Redis*`: any name that begins so. Letters may be small or capital. */
function glob(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  );
}
