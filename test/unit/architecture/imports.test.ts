import { describe, expect, test } from '@jest/globals';
import { importsOf, packageOf, targetOf } from './imports.js';

const runtime = (specifier: string) => ({ specifier, typeOnly: false });
const type = (specifier: string) => ({ specifier, typeOnly: true });

describe('reading imports', () => {
  test.each([
    ["import a from 'a';", runtime('a')],
    ["import * as a from 'a';", runtime('a')],
    ["import './a.js';", runtime('./a.js')],
    ["import { b, type C } from './a.js';", runtime('./a.js')],
    ["import { type C } from './a.js';", runtime('./a.js')],
    ["import {\n  b,\n  c,\n} from './a.js';", runtime('./a.js')],
    ['import a from "a";', runtime('a')],
    ["export { b } from './a.js';", runtime('./a.js')],
    ["export * from './a.js';", runtime('./a.js')],
    ["const { b } = await import('a');", runtime('a')],
    ["const b = import(\n  './a.js'\n);", runtime('./a.js')],
    ["import type { B } from 'a';", type('a')],
    ["import type B from 'a';", type('a')],
    ["export type { B } from './a.js';", type('./a.js')],
    ["type B = typeof import('./a.js');", type('./a.js')],
  ])('finds the one of %j', (text, found) => {
    expect(importsOf(text)).toEqual([found]);
  });

  test.each([
    "// import a from 'a';",
    "/** import a from 'a'; */",
    "const text = `\nimport a from 'a';\n`;",
    "export const from = 'a';",
    "export type A = 'a' | 'b';",
    "export function f() {\n  return Array.from('ab');\n}",
    'await import(pathToFileURL(file).href);',
    "const url = 'http://a'; // import('b')",
  ])('finds none in %j', (text) => {
    expect(importsOf(text)).toEqual([]);
  });

  test('tells files from packages', () => {
    expect(targetOf('src/api/routes/index.ts', '../api.js')).toBe('src/api/api.ts');
    expect(targetOf('src/api/api.ts', 'express')).toBeUndefined();
    expect(['express', '@slack/bolt', 'pg/lib/client.js', '@a/b/c'].map(packageOf)).toEqual([
      'express',
      '@slack/bolt',
      'pg',
      '@a/b',
    ]);
    expect(['node:fs', './a.js', '../b/c.js'].map(packageOf)).toEqual([undefined, undefined, undefined]);
  });
});
