import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
} from 'yaml';
import { UserError } from '../model/errors.js';
import { deeperThan } from './depth.js';

export interface SourceLimits {
  /** Characters. */
  size: number;
  /** Words and marks of YAML: reading takes some microseconds each. */
  marks: number;
}

/** Lines and columns begin with 1. */
export interface Place {
  line: number;
  column: number;
}

/** A YAML file that remembers where everything stands. */
export interface Source {
  file: string;
  text: string;
  data: unknown;
  /** Of the deepest part of the path that is written there. */
  at(path: readonly PropertyKey[]): Place;
  /** The same as `file:line:column`. */
  where(path: readonly PropertyKey[]): string;
}

/** The file cannot be read as YAML: each fault with its place. */
export class BadSource extends UserError {
  constructor(
    readonly file: string,
    readonly faults: readonly (Place & { says: string })[],
  ) {
    const told = faults.map(({ line, column, says }) => `${file}:${line}:${column} ${says}`);
    super('invalid_input', told.join('\n'));
  }
}

/** Deeper than anybody writes, and far from where the parser runs out of stack. */
const DEEPEST = 50;
/** One alias may stand for so many nodes, so that a few lines cannot become gigabytes. */
const MOST_BY_ALIAS = 100;
const MOST_NODES = 50_000;
/** More would not be read. */
const MOST_FAULTS = 20;
const NUL = '\u0000';

/**
 * Reads YAML that anybody may have written: what is too much is refused before it costs anything. Throws `BadSource`.
 * @param file as people know it; only for messages
 */
export function parseSource(text: string, file: string, limits: SourceLimits): Source {
  if (text.length > limits.size) throw new UserError('too_large', `${file}: larger than ${limits.size / 1024} KiB.`);
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (says: string, offset = 0): never => {
    throw new BadSource(file, [{ ...placeOf(offset), says }]);
  };
  const nul = text.indexOf(NUL);
  if (nul >= 0)
    throw new BadSource(file, [{ ...countedPlace(text, nul), says: 'A NUL character: this is no UTF-8 text.' }]);
  const tokens = tokensOf(text, lines, limits.marks, refuse);
  const deep = deeperThan(tokens, DEEPEST);
  if (deep !== undefined) refuse(`Nested more than ${DEEPEST} levels deep.`, deep);
  const [document, second] = new Composer({ lineCounter: lines, uniqueKeys: false }).compose(tokens, true, text.length);
  if (!document) return refuse('There is nothing in it.');
  if (second) refuse('A second document begins here; one file holds one.', second.range[0]);
  const faults = [
    ...document.errors.map(({ pos, message }) => ({ offset: pos[0], says: firstLine(message) })),
    ...twice(document),
  ];
  if (faults.length > 0)
    throw new BadSource(
      file,
      faults.slice(0, MOST_FAULTS).map(({ offset, says }) => ({ ...placeOf(offset), says })),
    );
  const at = (path: readonly PropertyKey[]) => placeOf(offsetOf(document.contents, path));
  return {
    file,
    text,
    data: plain(document, refuse),
    at,
    where(path) {
      const { line, column } = at(path);
      return `${file}:${line}:${column}`;
    },
  };
}

function tokensOf(
  text: string,
  lines: LineCounter,
  most: number,
  refuse: (says: string, offset: number) => never,
): CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let marks = 0;
  for (const lexeme of new Lexer().lex(text)) {
    marks += 1;
    if (marks > most) refuse(`More than ${most} words and marks up to here; split the file.`, parser.offset);
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  return tokens;
}

/** The library compares each key with each: that takes long for thousands of them. */
function twice(document: Document.Parsed): { offset: number; says: string }[] {
  const found: { offset: number; says: string }[] = [];
  const visit = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (key !== undefined && seen.has(key))
        found.push({ offset: startOf(pair.key), says: `The key "${key}" is written twice` });
      if (key !== undefined) seen.add(key);
      visit(pair.value);
    }
  };
  visit(document.contents);
  return found;
}

function plain(document: Document.Parsed, refuse: (says: string, offset: number) => never): unknown {
  const aliases = aliasesIn(document.contents);
  const refuseAlias = (says: string): never => {
    const guilty = aliases.find(({ source }) => says.endsWith(`: ${source}`)) ?? aliases.at(-1);
    return refuse(`${says}. Write out what the alias stands for.`, startOf(guilty));
  };
  const data = written(document, refuseAlias);
  if (aliases.length > 0 && isTooMuch(data)) refuseAlias('Aliases that stand for too much, or for themselves');
  return data;
}

function written(document: Document.Parsed, refuse: (says: string) => never): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_BY_ALIAS }) ?? {};
  } catch (error) {
    return refuse(firstLine(error instanceof Error ? error.message : String(error)));
  }
}

/** Aliases can be nested deeper than anything that is written, without end, and into great numbers. */
function isTooMuch(data: unknown): boolean {
  const open = [{ value: data, depth: 0 }];
  let nodes = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    nodes += 1;
    if (depth > DEEPEST || nodes > MOST_NODES) return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return false;
}

function aliasesIn(node: unknown): Alias[] {
  if (isAlias(node)) return [node];
  if (isSeq(node)) return node.items.flatMap(aliasesIn);
  return isMap(node) ? node.items.flatMap(({ key, value }) => [...aliasesIn(key), ...aliasesIn(value)]) : [];
}

/** A value of a mapping stands where its key stands; that is where an editor is opened. */
function offsetOf(root: unknown, path: readonly PropertyKey[]): number {
  let node = root;
  let offset = startOf(root);
  for (const key of path) {
    const found = isMap(node) ? node.items.find((pair) => keyOf(pair) === String(key)) : undefined;
    const next = isSeq(node) ? node.items[Number(key)] : found?.value;
    if (next === undefined) break;
    offset = startOf(found?.key ?? next) || offset;
    node = next;
  }
  return offset;
}

function keyOf(pair: unknown): string | undefined {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function startOf(node: unknown): number {
  return isNode(node) && node.range ? node.range[0] : 0;
}

/** Before anything was parsed. */
function countedPlace(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function firstLine(message: string): string {
  return message.split(/ at line \d|\n/)[0] ?? '';
}
