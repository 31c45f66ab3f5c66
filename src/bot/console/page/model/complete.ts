import { type Catalog, type CommandHint, parametersOf, type Target } from './catalog.js';
import { type Word, wordsBefore } from './command-line.js';

export type SuggestionKind = Target | 'strategy' | 'option' | 'parameter';

export interface Suggestion {
  /** What takes the place of the word that is being typed. */
  insert: string;
  kind: SuggestionKind;
  /** What it is, in a few words. */
  note: string;
}

const MOST = 12;
const DEFAULT_COMMAND = 'recover';

/** What the word at the caret may become. `incidents`: names such as I-3 that are in sight. Pure. */
export function complete(text: string, caret: number, catalog: Catalog, incidents: readonly string[]): Suggestion[] {
  const { before, word } = wordsBefore(text, caret);
  const found = candidates(before, word, catalog, incidents);
  return matching(word.text, found).slice(0, MOST);
}

/** Puts a suggestion in the place of the word at the caret; a blank follows unless a value has to. */
export function accept(text: string, caret: number, { insert }: Suggestion): { text: string; caret: number } {
  const { word } = wordsBefore(text, caret);
  const gap = insert.endsWith('=') ? '' : ' ';
  const rest = text.slice(word.to).replace(/^ /, '');
  const start = text.slice(0, word.from) + insert + gap;
  return { text: start + rest, caret: start.length };
}

function candidates(
  before: readonly string[],
  word: Word,
  catalog: Catalog,
  incidents: readonly string[],
): Suggestion[] {
  const [first, ...rest] = before;
  if (first === undefined) return [...services(catalog), ...runbooks(catalog), ...commands(catalog)];
  const named = catalog.commands.find(({ name }) => name === first.toLowerCase());
  const command = named ?? catalog.commands.find(({ name }) => name === DEFAULT_COMMAND);
  if (!command) return [];
  const words = named ? rest : before;
  const option = openOption(words, command);
  const plain = plainWords(words, command);
  if (option !== undefined) return values(option, plain[0], catalog);
  if (word.text.startsWith('--')) return options(words, command);
  if (plain.length === 0) return command.takes.flatMap((target) => TARGETS[target](catalog, incidents));
  return [...parameters(words, plain[0], command, catalog), ...options(words, command)];
}

const TARGETS: Record<Target, (catalog: Catalog, incidents: readonly string[]) => Suggestion[]> = {
  service: services,
  runbook: runbooks,
  command: commands,
  recovery: ({ recoveries }) =>
    recoveries.map(({ name, service, state }) => ({
      insert: name,
      kind: 'recovery',
      note: `${service} · ${state.toLowerCase().replaceAll('_', ' ')}`,
    })),
  incident: (_catalog, incidents) => incidents.map((insert) => ({ insert, kind: 'incident', note: '' })),
};

function services(catalog: Catalog): Suggestion[] {
  return catalog.services.map(({ name }) => ({ insert: quoted(name), kind: 'service', note: '' }));
}

function runbooks({ parameters, services }: Catalog): Suggestion[] {
  return Object.keys(parameters).map((id) => ({
    insert: quoted(id),
    kind: 'runbook',
    note: services
      .filter((service) => service.runbooks.includes(id))
      .map(({ name }) => name)
      .join(', '),
  }));
}

function commands(catalog: Catalog): Suggestion[] {
  return catalog.commands
    .filter(({ name }) => name !== DEFAULT_COMMAND)
    .map(({ name, summary }) => ({ insert: name, kind: 'command', note: summary }));
}

function options(words: readonly string[], command: CommandHint): Suggestion[] {
  return command.options
    .filter(({ name }) => !words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)))
    .map(({ name }) => ({ insert: `--${name}`, kind: 'option', note: '' }));
}

function parameters(
  words: readonly string[],
  target: string | undefined,
  command: CommandHint,
  catalog: Catalog,
): Suggestion[] {
  if (!command.params || target === undefined) return [];
  const at = words.indexOf('--runbook');
  const runbook = at >= 0 ? words[at + 1] : Object.hasOwn(catalog.parameters, target) ? target : undefined;
  return parametersOf(catalog, target, runbook)
    .filter(({ name }) => !words.some((word) => word.startsWith(`${name}=`)))
    .flatMap(({ name, type, default: value }): Suggestion[] => [
      ...(value === undefined
        ? []
        : [{ insert: `${name}=${quoted(value)}`, kind: 'parameter' as const, note: `${type}` }]),
      { insert: `${name}=`, kind: 'parameter', note: type },
    ]);
}

/** The option whose value is being typed. */
function openOption(words: readonly string[], { options: known }: CommandHint): string | undefined {
  const last = words[words.length - 1];
  return known.find(({ name, value }) => value && last === `--${name}`)?.name;
}

const PRIORITIES = Array.from({ length: 10 }, (_, index) => String(index + 1));

function values(option: string, target: string | undefined, catalog: Catalog): Suggestion[] {
  const service = catalog.services.find(({ name }) => name === target);
  const some = (kind: SuggestionKind, names: readonly string[]): Suggestion[] =>
    names.map((name) => ({ insert: quoted(name), kind, note: '' }));
  if (option === 'strategy') return some('strategy', service?.strategies ?? []);
  if (option === 'runbook') return some('runbook', service?.runbooks ?? Object.keys(catalog.parameters));
  return option === 'priority' ? some('option', PRIORITIES) : [];
}

/** Words that are neither options nor their values nor parameters. */
function plainWords(words: readonly string[], command: CommandHint): string[] {
  return words.filter(
    (word, index) =>
      !word.startsWith('--') &&
      !(command.params && /^[\p{L}_][\w.-]*=/u.test(word)) &&
      openOption(words.slice(0, index), command) === undefined,
  );
}

/** First what begins so, then what has it within. */
function matching(typed: string, found: readonly Suggestion[]): Suggestion[] {
  const wanted = typed.toLowerCase();
  const begins = found.filter(({ insert }) => insert.toLowerCase().startsWith(wanted));
  const has = found.filter(
    (each) => wanted.length >= 2 && !begins.includes(each) && each.insert.toLowerCase().includes(wanted),
  );
  return [...begins, ...has].filter(({ insert }) => insert !== typed);
}

function quoted(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;
}
