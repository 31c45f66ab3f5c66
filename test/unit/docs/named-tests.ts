import { readdirSync, readFileSync } from 'node:fs';
import { prose } from './markdown.js';

/** A test as a document names it: `` `slack-http`: that is signed is taken ``. */
export interface NamedTest {
  /** The end of its file's path, without `.test.ts`. */
  file: string;
  name: string;
}

const NAMED = /`([\w./-]+)`: (.+?)(?=; `[\w./-]+`: |$)/g;
const FILES = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path}`)
  .filter((path) => path.endsWith('.ts'));

/** The tests that a cell of a table names. */
export function testsIn(cell: string): NamedTest[] {
  return [...cell.matchAll(NAMED)].map(([, file = '', name = '']) => ({ file, name }));
}

/** Rows of all tables, without their heads. */
export function rowsOf(text: string): { rule: string; test: string }[] {
  return prose(text)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| rule |'))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split(' | '))
    .map(([rule = '', ...rest]) => ({ rule: rule.trim(), test: rest.join(' | ').trim() }));
}

/** Why this test is not there under this name; undefined: it is. */
export function notThere({ file, name }: NamedTest): string | undefined {
  const found = FILES.filter((path) => [`/${file}.test.ts`, `/${file}.ts`].some((end) => path.endsWith(end)));
  const [only] = found;
  if (only === undefined || found.length > 1) return `${file}: ${found.length} files`;
  return isString(name, readFileSync(only, 'utf8')) ? undefined : `${only}: no test "${name}"`;
}

function isString(name: string, source: string): boolean {
  return [`'`, `"`, '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
}
