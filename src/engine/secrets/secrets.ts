import { ActionError } from '../actions/action.js';
import { TimeOver, within } from '../health/within.js';
import { failureInWords } from '../health/words.js';
import type { Json } from '../model/json.js';
import { rememberSecret } from '../model/known-secrets.js';
import { redact } from '../model/redact.js';
import { nearest } from '../planner/nearest.js';
import { inWords, type Reference, referencesIn, replaced } from './reference.js';
import type { SecretSource } from './source.js';

/** All sources together: the one place where a reference becomes a secret. */
export interface Secrets {
  /**
   * The same value with the secrets in it; one without references is given back as it is. Throws an `ActionError` that
   * names the reference, and never a value; nothing was done then.
   */
  resolve<Value extends Json | undefined>(value: Value, signal: AbortSignal): Promise<Value>;
  /** What is wrong with the references of a text as they are written, one sentence each, without a full stop. */
  objections(text: string): string[];
  /** The same, and what is not on this machine now. What is there is known from then on, and taken out of texts. */
  missing(text: string, signal: AbortSignal): Promise<string[]>;
  /** Whether each of them can be had now, also where another machine is asked. */
  unavailable(text: string, signal: AbortSignal): Promise<string[]>;
}

/** Milliseconds that a source may take. */
const LONGEST_MS = 10_000;
const MOST_CHARACTERS = 64 * 1024;

/** @param sources no two with the same scheme */
export function createSecrets(sources: readonly SecretSource[]): Secrets {
  const known = new Map(sources.map((source) => [source.scheme, source]));

  function objection({ scheme, name }: Reference): string | undefined {
    const source = known.get(scheme);
    const written = `"${inWords({ scheme, name })}" is no reference to a secret`;
    if (!source) return `${written}; expected one such as ${formsFor(scheme, known)}`;
    const why = source.objection(name);
    return why && `${written}: ${why}; expected one such as ${source.form}`;
  }

  async function ask(reference: Reference, signal: AbortSignal): Promise<string> {
    const source = known.get(reference.scheme);
    const malformed = objection(reference);
    if (!source || malformed !== undefined) throw new ActionError(malformed ?? '', { retryable: false });
    const value = await within(LONGEST_MS, signal, (limited) => source.resolve(reference.name, limited)).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw explained(reference, error);
      },
    );
    const wrong = unfit(value);
    if (wrong) throw new ActionError(`${inWords(reference)}: ${wrong}`, { retryable: false });
    rememberSecret(value);
    return value;
  }

  async function filled(text: string, signal: AbortSignal): Promise<string> {
    const references = referencesIn(text);
    if (references.length === 0) return text;
    const values = new Map<string, string>();
    for (const reference of references)
      values.set(inWords(reference), await ask(reference, signal).catch((error: unknown) => nothingDone(error)));
    return replaced(text, (reference) => values.get(inWords(reference)) ?? '');
  }

  async function whyNot(reference: Reference, signal: AbortSignal): Promise<string[]> {
    try {
      await ask(reference, signal);
      return [];
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      return [error.message];
    }
  }

  async function whyNotHere(reference: Reference, signal: AbortSignal): Promise<string[]> {
    if (known.get(reference.scheme)?.local) return whyNot(reference, signal);
    const malformed = objection(reference);
    return malformed === undefined ? [] : [malformed];
  }

  return {
    resolve: (value, signal) => mapTexts(value, (text) => filled(text, signal)),
    objections: (text) => referencesIn(text).flatMap((reference) => objection(reference) ?? []),
    missing: (text, signal) => each(text, (reference) => whyNotHere(reference, signal)),
    unavailable: (text, signal) => each(text, (reference) => whyNot(reference, signal)),
  };
}

async function each(text: string, look: (reference: Reference) => Promise<string[]>): Promise<string[]> {
  return (await Promise.all(referencesIn(text).map(look))).flat();
}

function mapTexts<Value extends Json | undefined>(
  value: Value,
  change: (text: string) => Promise<string>,
): Promise<Value>;
async function mapTexts(value: Json | undefined, change: (text: string) => Promise<string>): Promise<Json | undefined> {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return Promise.all(value.map((item) => mapTexts(item, change)));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(async ([key, held]) => [key, await mapTexts(held, change)] as const);
  return Object.fromEntries(await Promise.all(parts));
}

function formsFor(scheme: string, known: ReadonlyMap<string, SecretSource>): string {
  const guess = nearest(scheme, [...known.keys()]);
  const forms = [...known.values()].map(({ form }) => form).join(', ');
  return `${forms}${guess ? `. Did you mean ${guess}:?` : ''}`;
}

function unfit(value: string): string | undefined {
  if (value === '') return 'it is empty';
  return value.length > MOST_CHARACTERS ? 'it is longer than any secret' : undefined;
}

function explained(reference: Reference, error: unknown): ActionError {
  const known = error instanceof ActionError;
  const why = error instanceof TimeOver ? 'no answer within 10 s' : failureInWords(error);
  return new ActionError(`${inWords(reference)}: ${redact(why).replace(/\.$/, '')}`, {
    retryable: known ? error.options.retryable !== false : true,
  });
}

function nothingDone(error: unknown): never {
  if (!(error instanceof ActionError)) throw error;
  throw new ActionError(`A secret cannot be had: ${error.message}. Nothing was done.`, {
    code: 'secret_unavailable',
    retryable: error.options.retryable !== false,
    untouched: true,
  });
}
