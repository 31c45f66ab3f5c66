import { oneLine } from '../cards/words.js';
import type { Words } from '../words/words.js';
import { Mistake } from './mistake.js';
import { suggest } from './suggest.js';

/** Options of a command: `flag` takes no value. */
export type OptionSpec = Record<string, 'flag' | 'value'>;

export interface Arguments {
  words: string[];
  /** `key=value` words. */
  params: Record<string, string>;
  options: Record<string, string | true>;
  /** Of a command that takes one: what follows its words, as it was typed, without quotes around all of it. */
  text?: string;
}

/** Sorts the words of a command line. After `--` everything is a plain word. Throws `UserError`. */
export function readArguments(tokens: readonly string[], spec: OptionSpec, takesParams: boolean): Arguments {
  const read: Arguments = { words: [], params: Object.create(null), options: Object.create(null) };
  const rest = [...tokens];
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    if (token === '--') return { ...read, words: [...read.words, ...rest] };
    if (token.startsWith('--')) readOption(token.slice(2), rest, spec, read);
    else if (takesParams && /^[\p{L}_][\p{L}\p{N}_.-]*=/u.test(token)) readParam(token, read);
    else read.words.push(token);
  }
  return read;
}

/** The value of an option that takes one. */
export function optionValue(args: Arguments, name: string): string | undefined {
  const value = args.options[name];
  return typeof value === 'string' ? value : undefined;
}

export function priorityOf(args: Arguments): number | undefined {
  const text = optionValue(args, 'priority');
  if (text === undefined) return undefined;
  const priority = Number(text);
  if (!/^\d{1,2}$/.test(text) || priority < 1 || priority > 10)
    throw new Mistake('invalid_input', ({ mistakes }) => mistakes.priority(oneLine(text, 60)));
  return priority;
}

function readOption(text: string, rest: string[], spec: OptionSpec, read: Arguments): void {
  const [name = '', ...inline] = text.split('=');
  const kind = Object.hasOwn(spec, name) ? spec[name] : undefined;
  if (kind === undefined) throw unknownOption(name, spec);
  if (read.options[name] !== undefined) throw malformed((mistakes) => mistakes.optionTwice(name));
  if (kind === 'flag') {
    if (inline.length > 0) throw malformed((mistakes) => mistakes.noValue(name));
    read.options[name] = true;
    return;
  }
  const value = inline.length > 0 ? inline.join('=') : rest.shift();
  if (value === undefined || value === '') throw malformed((mistakes) => mistakes.valueNeeded(name));
  read.options[name] = value;
}

function readParam(token: string, read: Arguments): void {
  const at = token.indexOf('=');
  const key = token.slice(0, at);
  if (read.params[key] !== undefined) throw malformed((mistakes) => mistakes.paramTwice(oneLine(key, 60)));
  read.params[key] = token.slice(at + 1);
}

function unknownOption(name: string, spec: OptionSpec): Mistake {
  const known = Object.keys(spec).map((option) => `--${option}`);
  const guesses = suggest(`--${name}`, known);
  return malformed((mistakes) => mistakes.unknownOption(oneLine(name, 40), guesses, known));
}

function malformed(say: (mistakes: Words['mistakes']) => string): Mistake {
  return new Mistake('malformed', ({ mistakes }) => say(mistakes));
}
