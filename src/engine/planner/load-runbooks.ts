import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../model/errors.js';
import { nearest } from './nearest.js';
import { KEYS, type Runbook, runbookSchema } from './runbook.js';

const LARGEST_FILE = 256 * 1024;

/** Every runbook below a folder; one broken file names its file, line and column, and nothing is loaded. */
export async function loadRunbooks(folder: string): Promise<Runbook[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw new UserError(
      'invalid_input',
      `The runbooks folder ${folder} cannot be read. Set REVIVER_RUNBOOKS to an existing folder.`,
    );
  });
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  const runbooks: Runbook[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const runbook = parseRunbook(await readFile(file, 'utf8'), relative(process.cwd(), file));
    if (runbooks.some(({ id }) => id === runbook.id))
      throw new UserError('invalid_input', `${name}: runbook id "${runbook.id}" is used twice.`);
    runbooks.push(runbook);
  }
  return runbooks;
}

/** Parses and checks one runbook; errors read `file:line:column path: what is allowed`. */
export function parseRunbook(text: string, file: string): Runbook {
  if (text.length > LARGEST_FILE) throw new UserError('too_large', `${file}: larger than ${LARGEST_FILE / 1024} KiB.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [syntax] = document.errors;
  if (syntax) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    const what = syntax.message.split(/ at line \d|\n/)[0];
    throw new UserError('invalid_input', `${file}:${line}:${col} ${what}`);
  }
  const checked = runbookSchema.safeParse(plain(document, file));
  if (checked.success) return checked.data;
  throw new UserError('invalid_input', describe(checked.error, document, lines, file));
}

/** Refuses aliases that name nothing, and few that stand for very much. */
function plain(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    throw new UserError(
      'invalid_input',
      `${file}: ${error instanceof Error ? error.message : String(error)}. Write out what the alias stands for.`,
    );
  }
}

function describe(error: z.ZodError, document: Document.Parsed, lines: LineCounter, file: string): string {
  const issue = deepest(error.issues);
  const { line, col } = lines.linePos(position(issue, document));
  return `${file}:${line}:${col} ${issue.path.map(String).join('.') || 'runbook'}: ${issue.message}${hint(issue)}`;
}

/** Where in the text the author must look: the unknown key itself, else the value, else what holds the missing one. */
function position(issue: z.core.$ZodIssue, document: Document.Parsed): number {
  let known = [...issue.path];
  while (known.length > 0 && !document.hasIn(known)) known = known.slice(0, -1);
  const node = document.getIn(known, true);
  const stranger = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const key = isMap(node)
    ? node.items.map((pair) => pair.key).find((one) => isScalar(one) && one.value === stranger)
    : undefined;
  const found = key ?? node;
  return isNode(found) ? (found.range?.[0] ?? 0) : 0;
}

/**
 * The issue that the author has to mend. A misspelt key also leaves the right one missing, so it goes first; a union
 * reports every branch, and the one that got furthest is what was meant.
 */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const first = issues.find(isStranger) ?? issues[0];
  if (!first) throw new Error('an error without an issue');
  if (first.code !== 'invalid_union' || first.errors.length === 0) return first;
  const inner = first.errors.filter((branch) => branch.length > 0).map(deepest);
  const best = inner.find(({ path }) => path.length > 0) ?? inner.find(isStranger) ?? inner.at(-1);
  return best ? { ...best, path: [...first.path, ...best.path] } : first;
}

function isStranger({ code }: z.core.$ZodIssue): boolean {
  return code === 'unrecognized_keys';
}

function hint(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return '';
  const near = nearest(issue.keys[0] ?? '', KEYS);
  return near ? `. Did you mean ${near}?` : '';
}
