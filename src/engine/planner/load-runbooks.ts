import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../model/errors.js';
import { type Runbook, runbookSchema } from './runbook.js';

const LARGEST_FILE = 256 * 1024;

/** Every runbook below a folder; one broken file names its file, line and column, and nothing is loaded. */
export async function loadRunbooks(folder: string): Promise<Runbook[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw new UserError('invalid_input', `The runbooks folder ${folder} cannot be read. Set REVIVER_RUNBOOKS to an existing folder.`);
  });
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  const runbooks: Runbook[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const runbook = parseRunbook(await readFile(file, 'utf8'), relative(process.cwd(), file));
    if (runbooks.some(({ id }) => id === runbook.id)) throw new UserError('invalid_input', `${name}: runbook id "${runbook.id}" is used twice.`);
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
    throw new UserError('invalid_input', `${file}:${line}:${col} ${syntax.message.split('\n')[0]}`);
  }
  const parsed = runbookSchema.safeParse(document.toJS({ maxAliasCount: 20 }));
  if (parsed.success) return parsed.data;
  throw new UserError('invalid_input', describe(parsed.error, document, lines, file));
}

function describe(error: z.ZodError, document: Document.Parsed, lines: LineCounter, file: string): string {
  const issue = deepest(error.issues);
  const path = issue.path.map(String);
  let known = [...issue.path];
  while (known.length > 0 && !document.hasIn(known)) known = known.slice(0, -1);
  const node = document.getIn(known, true);
  const range = typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) ? node.range : [0];
  const { line, col } = lines.linePos(Number(range[0]));
  return `${file}:${line}:${col} ${path.join('.') || 'runbook'}: ${issue.message}${hint(issue)}`;
}

/** A union reports every branch; the one that got furthest is what the author meant. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [first] = issues;
  if (!first) throw new Error('an error without an issue');
  if (first.code !== 'invalid_union' || first.errors.length === 0) return first;
  const inner = first.errors.map((branch) => branch[0]).filter((issue) => issue !== undefined);
  const best = inner.find(({ path }) => path.length > 0) ?? inner.find(({ code }) => code === 'unrecognized_keys') ?? inner.at(-1);
  return best ? { ...best, path: [...first.path, ...best.path] } : first;
}

const KEYS = ['id', 'name', 'description', 'risk', 'match', 'params', 'steps', 'action', 'with', 'approval', 'timeout', 'retry',
  'when', 'verify', 'rollback', 'on_failure', 'idempotent', 'pool', 'services', 'alerts', 'symptoms'];

function hint(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return '';
  const key = issue.keys[0] ?? '';
  const near = KEYS.find((candidate) => distance(candidate, key) <= 2);
  return near ? `. Did you mean ${near}?` : '';
}
