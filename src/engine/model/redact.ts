import type { Json } from './json.js';
import { knowsSecrets, withoutKnownSecrets } from './known-secrets.js';

/** What stands where a secret stood: the same in every language, and no secret itself. */
export const REDACTED = '•••';

/** Names whose value is secret however it is written; `pwd=/srv` is a folder. */
const PASSWORD = String.raw`password|passwd|passphrase|pwd(?!\W{1,6}\/)|secret`;
/** Names that also occur in plain sentences, such as `token: expired`. */
const TOKEN =
  'token(?!s)|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|auth[_-]?key|routing[_-]?key|integration[_-]?key|credentials?|session[_-]?id|signature';
/** The rest of a name. */
const MORE = '[A-Za-z0-9_.-]{0,40}';
/** Quotes around names and values, also those of JSON within JSON. */
const QUOTE = String.raw`(?:\\{0,3}["'])?`;
const IS = String.raw`${QUOTE}(?:\s{0,4}(?:=>|=(?!>))\s{0,4}|>)`;
const COLON = String.raw`${QUOTE}\s{0,4}:\s{0,4}`;
/** Quoted, or up to a blank or separator; what was redacted before is left alone. */
const VALUE = String.raw`(?!${REDACTED})(?:\\{0,3}"[^"]*"?|\\{0,3}'[^']*'?|[^\s"'&;<]+)`;
/** What an encoded secret has and a word has not, in the next 200 characters. */
const ENCODED = String.raw`(?=[\w+/.~-]{0,200}(?:\d|=|[a-z][A-Z]))`;

type Rule = readonly [pattern: RegExp, by: string];

/** Tells its pattern's groups by `$1`. */
const rule = (pattern: string, by = REDACTED, flags = 'g'): Rule => [new RegExp(pattern, flags), by];
const named = (pattern: string): Rule => rule(pattern, `$1${REDACTED}`, 'gi');

/**
 * What a secret looks like. No repetition stands within another unbounded one, and an unbounded one ends its pattern or
 * passes over what no other match looks at again: the work grows with the length of the text and no faster.
 */
const RULES: readonly Rule[] = [
  rule(String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END[A-Z ]{0,40}-----|$)`),
  // Header and payload of a JSON Web Token both begin with {".
  rule(String.raw`\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}`),
  rule(String.raw`\b(?:xox[a-z]|xapp|xwfp)-[\w-]{8,}`),
  rule(String.raw`\bhooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]+`, `hooks.slack.com/${REDACTED}`),
  // A Telegram bot's token, also within the URL of its API.
  rule(String.raw`(?<!\d)\d{8,10}:[\w-]{35}(?![\w-])`),
  rule(String.raw`\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,})`),
  rule(String.raw`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`),
  // Keys of age, tokens of Vault.
  rule(String.raw`\bAGE-SECRET-KEY-1[A-Za-z0-9]{20,}`),
  rule(String.raw`\bhv[sbr]\.[\w-]{20,}`),
  rule(String.raw`\b(?:sk[-_](?:live|test|proj|ant)[-_][\w-]{12,}|AIza[\w-]{30,})`),
  named(String.raw`(\b[a-z][a-z0-9+.-]{0,20}://[^\s/?#:@]{0,200}:)(?!${REDACTED})[^\s/?#@]{1,400}(?=@)`),
  named(
    String.raw`(authorization${COLON}(?!\s{0,4}${QUOTE}\w{0,20}\s{0,4}${REDACTED})${QUOTE}(?:(?:basic|bearer|digest|token)\s{1,4})?)${VALUE}`,
  ),
  named(String.raw`(\bcookie:\s{0,4})${VALUE}(?:;\s{0,4}[^\s;]+)*`),
  rule(String.raw`\b([Bb]earer|BEARER|[Bb]asic|BASIC)(\s{1,4})${ENCODED}[\w+/.~=-]{6,}`, `$1$2${REDACTED}`),
  named(`((?:${PASSWORD})${MORE}${IS})${VALUE}`),
  named(`((?:${PASSWORD})${COLON})${VALUE}`),
  named(`((?:${TOKEN})${MORE}${IS})${VALUE}`),
  // After a colon only what has the shape of a secret: a word says what became of the token.
  rule(`((?:${ignoreCase(TOKEN)})${COLON}${QUOTE})${ENCODED}[\\w+/.~=-]{8,}`, `$1${REDACTED}`),
  named(String.raw`(--?(?:${PASSWORD}|token|api-key)\s{1,4})(?!-)${VALUE}`),
];

/** Something of every rule: most texts have nothing of the kind, and are passed over at one look. */
const SUSPECT = new RegExp(
  [
    '[:=>]',
    '-----BEGIN',
    'eyJ',
    'xox|xapp|xwfp|hooks\\.slack|gh[pousr]_|github_pat|glpat|npm_|A[KSBC]IA|ACCA|sk[-_]|AIza',
    'AGE-SECRET|hv[sbr]\\.',
    `bearer|basic|-(?:${PASSWORD}|token|api-key)`,
  ].join('|'),
  'i',
);
/** Names that a rule would know: others do not give away what they hold. */
const SUSPECT_NAME = new RegExp(`${PASSWORD}|${TOKEN}`, 'i');

/**
 * Text from outside without the secrets whose values are known here, and without those that their shape or name gives
 * away. Doing it twice changes nothing.
 */
export function redact(text: string): string {
  const unknown = withoutKnown(text);
  return SUSPECT.test(unknown) ? RULES.reduce((clean, [pattern, by]) => clean.replace(pattern, by), unknown) : unknown;
}

/** Without those whose values are known, where a shape alone must change nothing: what programs read again. */
export function withoutKnown(text: string): string {
  return withoutKnownSecrets(text, REDACTED);
}

/** The same for everything in a value, names of fields excepted. */
export function withoutKnownJson<Value extends Json | undefined>(value: Value): Value;
export function withoutKnownJson(value: Json | undefined): Json | undefined {
  return knowsSecrets() ? mapTexts(value, withoutKnown) : value;
}

/** Most values have no text that changes: they are given back as they are, and nothing is made for them. */
function mapTexts(value: Json | undefined, change: (text: string) => string): Json | undefined {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (!Object.values(value).some((held) => mapTexts(held, change) !== held)) return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change) ?? null);
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, mapTexts(held, change)]));
}

/** A URL for people, without the user and password that it may carry. */
export function withoutCredentials(url: string): string {
  return url.replace(/:\/\/[^/@\s]*@/g, '://');
}

/** The same for everything in a value; a text whose own name gives it away is gone as a whole. */
export function redactJson<Value extends Json | undefined>(value: Value): Value;
export function redactJson(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactJson(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, byName(name, held)]));
}

function byName(name: string, held: Json | undefined): Json | undefined {
  const tells =
    typeof held === 'string' &&
    held !== '' &&
    SUSPECT_NAME.test(name) &&
    redact(`${name}=${held}`) === `${name}=${REDACTED}`;
  return tells ? REDACTED : redactJson(held);
}

/** Letters of either case, where the rest of a pattern tells the cases apart. */
function ignoreCase(source: string): string {
  return source.replace(/(?<!\\)[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
